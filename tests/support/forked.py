"""Programs that use Edgewise, started without loading it each time: loading is most of what a short-lived node costs.

``Forked`` is a ``subprocess.Popen`` whose process is forked from one that has loaded Edgewise (``fork_server.py``),
where nobody could tell the difference; otherwise it is started like any. ``EDGEWISE_TEST_FORK=0``: always like any.
"""

import inspect
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.fork_server import Asked
from tests.support.forking import forking

SWITCH = "EDGEWISE_TEST_FORK"
STANDARD = ("p2cread", "c2pwrite", "errwrite")
PIPES = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
"""What ``Popen`` calls the child's ends of standard input, output and error, and both ends; -1 is none."""
USUAL = {"executable": None, "preexec_fn": None, "pass_fds": (), "shell": False, "umask": -1} | dict.fromkeys(
    ("gid", "gids", "uid")
)
"""What ``Popen`` may be asked for, and a forked process is not given."""


@dataclass(frozen=True, slots=True)
class Words:
    """A command line that is this Python with a program. ``death``: the signal that it gets when its parent ends."""

    code: str
    arguments: list[str]
    death: int


def understood(words: Sequence[str]) -> Words | None:
    """What a command line comes to, ``None`` for every other. ``setpriv --pdeathsig`` before it becomes it."""
    death = 0
    if tuple(words[:2]) == ("setpriv", "--pdeathsig") and words[3:4] == ["--"]:
        death, words = signal.Signals[f"SIG{words[2]}"], words[4:]
    if len(words) < 3 or tuple(words[:2]) != (sys.executable, "-c"):
        return None
    return Words(words[2], list(words[3:]), death)


class Forked(subprocess.Popen[Any]):
    """Of ``Popen`` only that is another which makes the process, once there are pipes. The rest is for any child."""

    def _execute_child(self, *given: Any) -> None:
        usually = super()._execute_child  # type: ignore[misc]
        wanted = inspect.signature(usually).bind(*given).arguments
        files = [wanted[name] if wanted[name] != -1 else own for own, name in enumerate(STANDARD)]
        asked = _asked(wanted, files)
        pid = forking.fork(asked, files) if asked is not None else None
        if pid is None:
            usually(*given)
            return
        self.pid = pid
        self._child_created = True
        self._close_pipe_fds(*(wanted[name] for name in PIPES))  # type: ignore[attr-defined]


def _asked(wanted: Mapping[str, Any], files: Sequence[int]) -> Asked | None:
    """What to fork; ``None`` where a forked process would not be what is wanted."""
    words = understood([os.fspath(word) for word in wanted["args"]])
    directory = Path(wanted["cwd"] or "").absolute()
    if (
        os.environ.get(SWITCH) == "0"
        or not sys.platform.startswith("linux")
        or words is None
        or any(wanted[name] != usual for name, usual in USUAL.items())
        or not directory.is_dir()
        or any(map(os.isatty, files))
    ):
        return None
    return Asked(
        code=words.code,
        arguments=words.arguments,
        environment=dict(os.environ if wanted["env"] is None else wanted["env"]),
        directory=str(directory),
        asker=os.getpid(),
        death=words.death,
        session=wanted["start_new_session"],
        group=wanted["process_group"],
    )


def ended(words: Sequence[str], env: Mapping[str, str], seconds: float) -> subprocess.CompletedProcess[str]:
    """One program to its end, with nothing to read. Raises subprocess.TimeoutExpired; then it is killed."""
    pipe = subprocess.PIPE
    with Forked(words, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=env, text=True) as process:
        try:
            output, errors = process.communicate(timeout=seconds)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(words, process.returncode, output, errors)
