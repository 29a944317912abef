"""A process in a network namespace of its own, on a cable (veth) that can be unplugged.

the machine's network                     outer end            inside
loopback ◄── proxy, whose listener is ──► outside ═══ cable ══► the process
loopback ──► proxy, which connects from ► outside ═══ cable ══► the process

The other end of the cable is in a second namespace, and not in the machine's: a browser that runs there takes an
interface that comes, goes or is switched off for a change of its own network, and drops what it is asking for.
"""

import ctypes
import os
import secrets
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from loadtest.fleet.proxy import tcp

NETWORK = "10.231"
"""The first two octets of the cables' addresses; a private network (RFC 1918)."""
NAMESPACES = Path("/var/run/netns")
"""Where ip keeps them (ip-netns(8))."""
CLONE_NEWNET = 0x40000000
"""sched.h: of what a thread is in, its network (setns(2))."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """``outside`` and ``inside`` are the addresses of the cable's two ends. ``inside`` is one of the machine as well,
    on its loopback: what listens on it there stands for the process inside."""

    name: str
    outer: str
    cable: str
    outside: str
    inside: str

    def within(self) -> list[str]:
        """The words that run a command inside; ``ip netns exec`` becomes the command, with the same process id."""
        return ["ip", "netns", "exec", self.name]

    def socket(self) -> socket.socket:
        """A TCP socket of this process, at the outer end of the cable: it listens there, or connects from there."""
        # A socket stays in the network of the thread that made it; and this one goes on in the machine's.
        with ThreadPoolExecutor(max_workers=1) as other:
            return other.submit(_entered, self.outer).result()

    def unplug(self) -> None:
        """No packet passes any more, and no connection is told. A new one from the outer end is refused."""
        _ip("-n", self.outer, "link", "set", self.cable, "down")

    def plug(self) -> None:
        _ip("-n", self.outer, "link", "set", self.cable, "up")

    def remove(self) -> None:
        """The processes inside must have ended; the cable goes with the namespaces."""
        namespaces = [("netns", "delete", name) for name in (self.name, self.outer)]
        for words in (("route", "delete", *_of_loopback(self.inside)), *namespaces):
            with suppress(subprocess.CalledProcessError):
                _ip(*words)


def create() -> Namespace:
    """Raises OSError or CalledProcessError where this machine does not allow it."""
    number = secrets.randbelow(256 * 64)
    base = f"{NETWORK}.{number // 64}.{number % 64 * 4}".rsplit(".", 1)
    outside, inside = (f"{base[0]}.{int(base[1]) + end}" for end in (1, 2))
    made = Namespace(f"edgewise-{number}", f"edgewise-{number}-outer", f"ew{number}", outside, inside)
    _ip("netns", "add", made.name)
    try:
        _ip("netns", "add", made.outer)
        for words in (
            ("-n", made.outer, "link", "add", made.cable, "type", "veth", "peer", "name", "uplink", "netns", made.name),
            ("-n", made.outer, "address", "add", f"{outside}/30", "dev", made.cable),
            ("-n", made.outer, "link", "set", made.cable, "up"),
            ("-n", made.name, "address", "add", f"{inside}/30", "dev", "uplink"),
            ("-n", made.name, "link", "set", "uplink", "up"),
            ("-n", made.name, "link", "set", "lo", "up"),
            ("route", "add", *_of_loopback(inside)),
        ):
            _ip(*words)
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


def _of_loopback(address: str) -> tuple[str, ...]:
    """A route rather than an address of the interface, of which everybody who looks at those would be told."""
    return "local", f"{address}/32", "dev", "lo"


def _entered(namespace: str) -> socket.socket:
    """The thread that calls stays in there."""
    with (NAMESPACES / namespace).open() as there:
        if _libc.setns(there.fileno(), CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), there.name)
    return tcp()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


_libc = ctypes.CDLL(None, use_errno=True)
