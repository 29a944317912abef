"""A process that has loaded Edgewise, and becomes on demand what a new `python -c` with it would be.

asker ──► fork server ──► fork ──► fork: waits for "go", then is the program
  ▲                        └─ ends, so that the program's parent is the asker, its nearest subreaper
  └──────── pid ◄──┘

The server only loads: it has no thread, no event loop and no file but its line to the asker. What is loaded may have
looked at the environment: it notes at which variables, and ``forked.py`` forks only where those are the same.
"""

import ctypes
import json
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from types import CodeType

from edge.cli.loading import unsearched

PROGRAM = "from tests.support.fork_server import serve; import sys; exec(serve(int(sys.argv[1])))"
"""For ``python -c``, with the number of the line to the asker. In each child it goes on as the child's program."""
TAKES_ALL = "wsgiref.handlers"
"""It keeps a copy of the whole environment, for CGI scripts; whoever looks at one variable is noted."""
LOADED = (
    "edge.cli.tree",
    # What a server loads when it starts.
    "encodings.idna",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
)
LONGEST = 1 << 17
"""Bytes of a message: a program's words and its environment."""
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
"""prctl(2): the signal that a process gets when its parent ends; to become parent of those beneath who lost theirs."""
STANDARD = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class Asked:
    """A program to become; its standard input, output and error come beside it.

    ``asker`` is the process that is to be its parent, ``death`` the signal that it gets when that one ends; ``group``
    as in ``subprocess.Popen``: -1 is the asker's.
    """

    code: str
    arguments: list[str]
    environment: dict[str, str]
    directory: str
    asker: int
    death: int
    session: bool
    group: int

    def packed(self) -> bytes:
        return json.dumps(asdict(self)).encode()


class Noted(MutableMapping[str, str]):
    """The environment, which notes at which variables somebody looked."""

    def __init__(self, environment: MutableMapping[str, str]) -> None:
        self.looked_at: set[str] = set()
        self._environment = environment

    def __getitem__(self, name: str) -> str:
        self.looked_at.add(name)
        return self._environment[name]

    def __setitem__(self, name: str, value: str) -> None:
        self._environment[name] = value

    def __delitem__(self, name: str) -> None:
        del self._environment[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._environment)

    def __len__(self) -> int:
        return len(self._environment)


@contextmanager
def noted() -> Iterator[Noted]:
    """``os.environ`` notes who looks at it while the block runs."""
    environment = os.environ
    noting = Noted(environment)
    os.environ = noting  # type: ignore[assignment] # noqa: B003 - for those who look
    try:
        yield noting
    finally:
        os.environ = environment  # noqa: B003 - it was never another


def serve(line: int) -> CodeType:
    """Answer with a process id each time that a program is asked for. Returns in every child, with its code, and ends
    with the line to the asker."""
    import_module(TAKES_ALL)
    with noted() as environment, unsearched():
        for name in LOADED:
            import_module(name)
    # Ctrl-C is for the asker and its programs.
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
    asker = socket.socket(fileno=line)
    asker.sendall(json.dumps(sorted(environment.looked_at)).encode())
    while True:
        message, files, _, _ = socket.recv_fds(asker, LONGEST, len(STANDARD))
        if not message:
            raise SystemExit
        asked = Asked(**json.loads(message))
        pid = _fork()
        if pid == 0:
            asker.detach()
            signal.signal(signal.SIGINT, interrupted)
            return _become(asked, files)
        for file in files:
            os.close(file)
        asker.sendall(str(pid).encode())


def _fork() -> int:
    """A child of the asker: 0 in it, once it is, and its id in the server."""
    said, say = os.pipe()
    awaited, go = os.pipe()
    between = os.fork()
    if between == 0:
        child = os.fork()
        if child != 0:
            os.write(say, child.to_bytes(4))
            os._exit(0)
        os.close(go)
        if not os.read(awaited, 1):
            os._exit(os.EX_UNAVAILABLE)
        return 0
    # Collected: from then on the child has its new parent.
    os.waitpid(between, 0)
    pid = int.from_bytes(os.read(said, 4))
    os.write(go, b"!")
    for file in (said, say, awaited, go):
        os.close(file)
    return pid


def _become(asked: Asked, files: list[int]) -> CodeType:
    """All that a new process has of its own, and a forked one has of the server."""
    for number, file in zip(STANDARD, files, strict=True):
        os.dup2(file, number)
    os.closerange(STANDARD[-1] + 1, os.sysconf("SC_OPEN_MAX"))
    if asked.session:
        os.setsid()
    if asked.group >= 0:
        os.setpgid(0, asked.group)
    os.chdir(asked.directory)
    os.environ.clear()
    os.environ.update(asked.environment)
    multiprocessing.process.ORIGINAL_DIR = asked.directory  # type: ignore[attr-defined]
    multiprocessing.current_process().authkey = os.urandom(32)
    _end_with(asked.asker, asked.death)
    sys.argv = ["-c", *asked.arguments]
    sys.orig_argv = [sys.executable, "-c", asked.code, *asked.arguments]
    return compile(asked.code, "<string>", "exec")


def _end_with(parent: int, number: int) -> None:
    prctl(PR_SET_PDEATHSIG, number)
    if number and os.getppid() != parent:
        os.kill(os.getpid(), number)


def prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
