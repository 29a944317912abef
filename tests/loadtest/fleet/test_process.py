"""Processes of a fleet: ended, killed and frozen by their own id, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loadtest.fleet.process import Process, ProcessError, Program
from tests.support.forked import Forked
from tests.support.forking import BY_ALL

COUNTS = """
import pathlib, sys, time
while True:
    pathlib.Path(sys.argv[1]).write_text(str(time.monotonic()))
    time.sleep(0.005)
"""
STARTS_OTHERS = """
import subprocess, sys, time
sleeps = [sys.executable, "-c", "import time; time.sleep(600)"]
for session in (False, True):
    subprocess.Popen(sleeps, start_new_session=session)
subprocess.run([sys.executable, "-c", f"import subprocess; subprocess.Popen({sleeps})"])
print("started", flush=True)
time.sleep(600)
"""
ENDS_IN_ITS_OWN_WAY = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print("ready", flush=True)
while True:
    time.sleep(0.01)
"""
COUNTS_TERMS = """
import signal, sys, time
terms = []
signal.signal(signal.SIGTERM, lambda *_: (terms.append(1), print("told", flush=True)))
print("ready", flush=True)
while not terms:
    time.sleep(0.01)
until = time.monotonic() + 0.5
while time.monotonic() < until:
    time.sleep(0.01)
sys.exit(len(terms))
"""
IGNORES_TERM = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ignoring", flush=True)
time.sleep(600)
"""


Make = Callable[..., Program]


@pytest.fixture(params=[subprocess.Popen, Forked])
def program(request: pytest.FixtureRequest) -> Make:
    """Makes a program of a directory, its code and its arguments; as the load test starts it, and as tests do."""

    def make(directory: Path, code: str, *arguments: str) -> Program:
        words = (sys.executable, "-c", code, *arguments)
        return Program("example", words, directory / "example.log", os.environ | BY_ALL, start=request.param)

    return make


@pytest.fixture
def counting(tmp_path: Path, program: Make) -> Iterator[tuple[Process, Path]]:
    """A process that writes the time into a file, again and again."""
    file = tmp_path / "time"
    process = Process(program(tmp_path, COUNTS, str(file)))
    process.start()
    process.wait_until(file.exists, "it wrote")
    yield process, file
    process.kill()


def test_it_ends_at_its_stop_signal_and_may_start_again(counting: tuple[Process, Path]) -> None:
    process, file = counting
    assert process.end() == -signal.SIGTERM
    assert not process.running
    file.unlink()
    process.start()
    process.wait_until(file.exists, "it wrote again")


def test_a_frozen_one_does_nothing_until_it_is_thawed(counting: tuple[Process, Path]) -> None:
    process, file = counting
    process.freeze()
    process.wait_until(lambda: state(process.pid) == "T", "it is stopped")
    before = file.read_text()
    process.thaw()
    process.wait_until(lambda: file.read_text() not in ("", before), "it goes on")


def test_a_frozen_one_is_thawed_to_end_in_its_own_way(tmp_path: Path, program: Make) -> None:
    process = Process(program(tmp_path, ENDS_IN_ITS_OWN_WAY))
    process.start()
    process.wait_until(lambda: "ready" in process.tail(), "it is ready")
    process.freeze()
    assert process.end(seconds=20) == 7


def test_one_that_was_told_to_stop_is_not_told_again(tmp_path: Path, program: Make) -> None:
    process = Process(program(tmp_path, COUNTS_TERMS))
    process.start()
    process.wait_until(lambda: "ready" in process.tail(), "it is ready")
    process.dismiss()
    process.wait_until(lambda: "told" in process.tail(), "it was told")
    process.dismiss()
    assert process.end(seconds=20) == 1


def test_killing_ends_what_it_started_too(tmp_path: Path, program: Make) -> None:
    process = Process(program(tmp_path, STARTS_OTHERS))
    process.start()
    process.wait_until(lambda: "started" in process.tail(), "it has a child")
    members = process.members()
    assert len(members) == 4
    process.kill()
    deadline = time.monotonic() + 20
    while any(state(member) not in ("", "Z") for member in members):
        assert time.monotonic() < deadline


def test_one_that_ignores_its_stop_signal_is_killed(tmp_path: Path, program: Make) -> None:
    process = Process(program(tmp_path, IGNORES_TERM))
    process.start()
    process.wait_until(lambda: "ignoring" in process.tail(), "it ignores")
    assert process.end(seconds=0.05) == -signal.SIGKILL


def test_waiting_for_one_that_ended_says_so_with_the_end_of_its_log(tmp_path: Path, program: Make) -> None:
    process = Process(program(tmp_path, "print('the reason'); raise SystemExit(3)"))
    process.start()
    with pytest.raises(ProcessError, match=r"example ended while waiting: it answers\n.*\nthe reason"):
        process.wait_until(lambda: False, "it answers")
    assert process.end() == 3


def test_waiting_ends_at_its_deadline(counting: tuple[Process, Path]) -> None:
    with pytest.raises(ProcessError, match=r"not within 0\.01 s: never"):
        counting[0].wait_until(lambda: False, "never", seconds=0.01)


def test_two_starts_at_once_are_refused(counting: tuple[Process, Path]) -> None:
    with pytest.raises(ProcessError, match="runs already"):
        counting[0].start()


def test_ending_what_never_ran_is_nothing(tmp_path: Path, program: Make) -> None:
    process = Process(program(tmp_path, "pass"))
    assert process.end() is None
    process.kill()


def test_it_ends_when_whoever_started_it_is_killed(tmp_path: Path, program: Make) -> None:
    start = program(tmp_path, "pass").start
    words = (sys.executable, "-c", COUNTS, str(tmp_path / "time"))
    starter = f"""
import os, pathlib, time
from {start.__module__} import {start.__name__}
from loadtest.fleet.process import Process, Program
log = pathlib.Path({str(tmp_path / "inner.log")!r})
process = Process(Program("inner", {words!r}, log, os.environ | {BY_ALL}, start={start.__name__}))
process.start()
# Running: before it has become what it is, it has not been told yet that it ends with us.
process.wait_until(pathlib.Path({str(tmp_path / "time")!r}).exists, "it wrote")
print(process.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True) as outer:
        assert outer.stdout is not None
        inner = int(outer.stdout.readline())
        assert state(inner) not in ("", "Z")
        outer.kill()
    deadline = time.monotonic() + 20
    while state(inner) not in ("", "Z"):
        assert time.monotonic() < deadline, "it outlived the process that started it"


def state(pid: int) -> str:
    """One letter of proc(5), empty when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_cpu_time_counts_what_has_ended(tmp_path: Path, program: Make) -> None:
    busy = "import time; end = time.process_time() + 0.2\nwhile time.process_time() < end: pass"
    outer = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {busy!r}]); time.sleep(600)"
    process = Process(program(tmp_path, outer))
    process.start()
    process.wait_until(lambda: len(process.members()) == 1 and process.cpu_seconds() >= 0.2, "it used the processor")
    process.kill()
