"""One server as a process: started, waited for, ended, killed and frozen by its own id.

start ──► running ──► end (its own stop signal), kill (SIGKILL) ──► ended ──► start again
              ▲ └──► freeze (SIGSTOP)
              └────── thaw (SIGCONT)
"""

import contextlib
import os
import pwd
import shutil
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 60.0
"""Seconds until waiting is given up. Generous: it is reached only by a failure."""
LOOK_AGAIN = 0.01
TAIL_LINES = 40
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""What is asked until it answers is asked over plain HTTP. httpx's own context reads the certificates of all
authorities: 35 ms, each time, of the processor that the servers start on."""


class ProcessError(AssertionError):
    """A process did not do what was waited for; the text ends with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. ``log`` gets standard output and error of every start; ``user`` runs it when we are root.

    ``start`` makes the process: a ``Popen``, or one that comes to the same.
    """

    name: str
    words: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    user: str | None = None
    stop: signal.Signals = signal.SIGTERM
    start: type[subprocess.Popen[Any]] = subprocess.Popen


class Process:
    """Not for several threads at once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._popen: subprocess.Popen[Any] | None = None
        self._dismissed = False

    def start(self) -> None:
        """Run it. Its readiness is the caller's to wait for."""
        if self.running:
            raise ProcessError(f"{self.program.name} runs already, as process {self.pid}")
        self.kill()
        self._dismissed = False
        with self.program.log.open("ab") as log:
            self._popen = self.program.start(
                [*as_user(self.program.user), *_ending_with_us(self.program.stop), *self.program.words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.program.environment) or None,
                cwd=self.program.directory,
                # Ctrl-C is for whoever runs the fleet, who then ends it in order.
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        if self._popen is None or self._popen.returncode is not None:
            return False
        # Not collected here: as long as it is not, nobody else can get its id, by which its group is ended.
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    @property
    def pid(self) -> int:
        if self._popen is None:
            raise ProcessError(f"{self.program.name} was never started")
        return self._popen.pid

    def dismiss(self) -> None:
        """Tell it to stop, and let it do so while others are told; ``end`` waits. A second time nothing."""
        if self.running and not self._dismissed:
            self._dismissed = True
            self.thaw()
            os.kill(self.pid, self.program.stop)

    def end(self, seconds: float = 30.0) -> int | None:
        """Tell it to stop and wait; killed after ``seconds``. The exit code, ``None`` if it never ran."""
        if self._popen is None:
            return None
        if self.running:
            self.dismiss()
            deadline = time.monotonic() + seconds
            while self.running and time.monotonic() < deadline:
                time.sleep(LOOK_AGAIN)
        self.kill()
        return self._popen.returncode

    def kill(self) -> None:
        """SIGKILL, for it and what it started."""
        if self._popen is not None:
            self._signal_all(signal.SIGKILL)
            self._popen.wait(PATIENCE)

    def freeze(self) -> None:
        """SIGSTOP: it does nothing any more, and the kernel still accepts connections for it."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def hang_up(self) -> None:
        """SIGHUP, to the process alone: nginx then reads its configuration anew."""
        os.kill(self.pid, signal.SIGHUP)

    def wait_until(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Look again and again until it is so. Raises ProcessError when it ends before, or at the deadline."""
        deadline = time.monotonic() + seconds
        while not holds():
            if not self.running:
                raise ProcessError(f"{self.program.name} ended while waiting: {what}\n{self.tail()}")
            if time.monotonic() >= deadline:
                raise ProcessError(f"{self.program.name}: not within {seconds:g} s: {what}\n{self.tail()}")
            time.sleep(LOOK_AGAIN)

    def tail(self) -> str:
        """The last lines of its log."""
        with contextlib.suppress(FileNotFoundError):
            lines = self.program.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
            return "\n".join([f"the end of {self.program.log}:", *lines])
        return f"{self.program.log} was not written"

    def cpu_seconds(self) -> float:
        """CPU time of it and of all that it started, in seconds; what ended counts where its parent waited for it."""
        return sum(_cpu_ticks(pid) for pid in self.members()) / os.sysconf("SC_CLK_TCK")

    def members(self) -> set[int]:
        """It, what it started, and what those started, as far as they run.

        By parentage and by process group: PostgreSQL's servers leave the group, a daemon leaves its parent.
        """
        return {self.pid, *_descendants(self.pid), *_group(self.pid)}

    def _signal_all(self, number: signal.Signals) -> None:
        """The one that started the others first: nginx's master puts a new worker in place of one that is killed."""
        if self._popen is not None and self._popen.returncode is None:
            leader = self._popen.pid
            for pid in sorted(self.members(), key=lambda pid: pid != leader):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)


def _descendants(pid: int) -> set[int]:
    found = set()
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found |= {int(child) for child in (task / "children").read_text().split()}
    return found.union(*(_descendants(child) for child in found))


def _group(leader: int) -> set[int]:
    members = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if os.getpgid(int(entry.name)) == leader:
                    members.add(int(entry.name))
    return members


def _cpu_ticks(pid: int) -> int:
    """proc(5), stat: utime, stime, cutime, cstime."""
    with contextlib.suppress(OSError):
        return sum(int(ticks) for ticks in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15])
    return 0


def as_user(user: str | None) -> list[str]:
    """The words that run a command as ``user`` when we are root; none otherwise."""
    if user is None or os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid", user, "--regid", str(pwd.getpwnam(user).pw_gid), "--clear-groups", "--"]


def _ending_with_us(stop: signal.Signals) -> list[str]:
    """The words that let a command get its stop signal when we end, however that comes about.

    A killed test must not leave servers behind. The kernel means the *thread* that started a process (prctl(2),
    PR_SET_PDEATHSIG), so this is for those that the main thread starts.
    """
    if shutil.which("setpriv") is None or threading.current_thread() is not threading.main_thread():
        return []
    return ["setpriv", "--pdeathsig", stop.name.removeprefix("SIG"), "--"]


def answers(url: str, uds: Path | None = None) -> bool:
    """Whether ``GET url`` is a 200 at this moment."""
    transport = httpx.HTTPTransport(uds=str(uds) if uds is not None else None, verify=_NO_TLS)
    with httpx.Client(transport=transport, trust_env=False, timeout=5.0) as client:
        try:
            return client.get(url).status_code == 200
        except httpx.TransportError:
            return False
