"""A process in a network namespace of its own, joined to the machine by one cable (veth) that can be unplugged."""

import os
import secrets
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass

NETWORK = "10.231"
"""The first two octets of the cables' addresses; a private network (RFC 1918)."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """``outside`` and ``inside`` are the addresses of the cable's two ends."""

    name: str
    cable: str
    outside: str
    inside: str

    def within(self) -> list[str]:
        """The words that run a command inside; ``ip netns exec`` becomes the command, with the same process id."""
        return ["ip", "netns", "exec", self.name]

    def unplug(self) -> None:
        """No packet passes any more, and no connection is told."""
        _ip("link", "set", self.cable, "down")

    def plug(self) -> None:
        _ip("link", "set", self.cable, "up")

    def remove(self) -> None:
        """The processes inside must have ended; the cable goes with the namespace."""
        with suppress(subprocess.CalledProcessError):
            _ip("netns", "delete", self.name)


def create() -> Namespace:
    """Raises OSError or CalledProcessError where this machine does not allow it."""
    number = secrets.randbelow(256 * 64)
    base = f"{NETWORK}.{number // 64}.{number % 64 * 4}".rsplit(".", 1)
    outside, inside = (f"{base[0]}.{int(base[1]) + end}" for end in (1, 2))
    made = Namespace(f"edgewise-{number}", f"ew{number}", outside, inside)
    _ip("netns", "add", made.name)
    try:
        _ip("link", "add", made.cable, "type", "veth", "peer", "name", "uplink", "netns", made.name)
        _ip("address", "add", f"{outside}/30", "dev", made.cable)
        _ip("link", "set", made.cable, "up")
        for words in (
            ("address", "add", f"{inside}/30", "dev", "uplink"),
            ("link", "set", "uplink", "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-n", made.name, *words)
    except BaseException:
        made.remove()
        raise
    return made


def refusal() -> str | None:
    """Why this machine does not allow namespaces; ``None`` when it does."""
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    if shutil.which("ip") is None:
        return "the program ip is not here: apt-get install iproute2"
    try:
        create().remove()
    except subprocess.CalledProcessError as error:
        return f"this machine does not allow network namespaces: {error.stderr.strip()}"
    return None


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
