"""A forked program is what a new one would be, or is not forked; and it is this process's child."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from tests.cli.processes import environment, served, until
from tests.support import forked
from tests.support.fork_server import Noted
from tests.support.forked import Forked, Words, ended, understood
from tests.support.forking import ROOT, Forking, ForkServerError

SAYS = """
import gc, json, multiprocessing, os, random, signal, sys, threading, uuid
from multiprocessing.process import ORIGINAL_DIR
print(json.dumps({
    "loaded": "edge.cli.tree" in sys.modules,
    "random": [random.random(), uuid.uuid4().hex, multiprocessing.current_process().authkey.hex()],
    "own": {
        "argv": sys.argv, "orig_argv": sys.orig_argv, "path": sys.path, "flags": str(sys.flags), "name": __name__,
        "main": vars(sys.modules["__main__"]) is globals(), "environment": dict(os.environ), "here": os.getcwd(),
        "first_here": ORIGINAL_DIR, "parent": os.getppid(), "files": os.listdir("/proc/self/fd"),
        "session": os.getsid(0) == os.getpid(), "group": os.getpgid(0) == os.getpid(), "mask": os.umask(0o22),
        "signals": [str(signal.getsignal(number)) for number in sorted(signal.valid_signals() - {32, 33})],
        "blocked": list(signal.pthread_sigmask(signal.SIG_BLOCK, ())), "threads": threading.active_count(),
        "streams": [[s.encoding, s.errors, s.line_buffering, s.write_through] for s in (sys.stdout, sys.stderr)],
        "read": sys.stdin.read(), "garbage": [gc.isenabled(), gc.get_threshold()],
    },
}))
"""
WAITS = "import time; print('waits', flush=True); time.sleep(600)"


@pytest.fixture(autouse=True)
def _switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(forked.SWITCH, raising=False)


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Iterator[Forking]:
    """A fork server of the test's own."""
    made = Forking()
    monkeypatch.setattr(forked, "forking", made)
    yield made
    made.end()


def said(
    start: type[subprocess.Popen[Any]],
    *arguments: str,
    given: bytes = b"",
    more: Mapping[str, str] = MappingProxyType({}),
    less: Sequence[str] = (),
    **options: Any,
) -> dict[str, Any]:
    """What such a program finds; ``more`` are variables that it alone has, ``less`` those that it has not."""
    pipe, words = subprocess.PIPE, [sys.executable, "-c", SAYS, *arguments]
    env = environment(**{"PYTHONPATH": str(ROOT), **more})
    for name in less:
        del env[name]
    with start(words, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, env=env, **options) as process:
        output, _ = process.communicate(given)
    assert process.returncode == 0, output
    found: dict[str, Any] = json.loads(output)
    return found


def waiting() -> Forked:
    """A program that says so and does nothing else."""
    process = Forked([sys.executable, "-c", WAITS], env=environment(), stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"waits\n"
    return process


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"cwd": "/"},
        {"start_new_session": True},
        {"process_group": 0},
        {"more": {"EDGE_PORT": "1"}, "less": ["PATH"]},
    ],
    ids=["usual", "elsewhere", "session", "group", "environment"],
)
def test_it_has_all_of_its_own_that_a_new_one_has(options: Mapping[str, Any]) -> None:
    new, fork = (said(start, "serve", "--json", given=b"line", **options) for start in (subprocess.Popen, Forked))
    assert fork["own"] == new["own"]
    assert (new["loaded"], fork["loaded"]) == (False, True)
    assert fork["own"]["parent"] == os.getpid()


def test_no_two_draw_the_same() -> None:
    drawn = [said(Forked)["random"] for _ in range(2)]
    assert all(one != another for one, another in zip(*drawn, strict=True))


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("raise SystemExit(7)", 7, ""),
        ("raise ValueError('why')", 1, "ValueError: why"),
        ("raise SystemExit('why')", 1, "why"),
        ("raise KeyboardInterrupt", -signal.SIGINT, "KeyboardInterrupt"),
        ("import os; os._exit(5)", 5, ""),
        ("import atexit; atexit.register(print, 'bye')", 0, ""),
        ("no program", 1, "SyntaxError"),
    ],
)
def test_it_ends_as_a_new_one_would(code: str, status: int, error: str) -> None:
    done = ended([sys.executable, "-c", code], environment(), 60)
    assert done.returncode == status
    assert error in done.stderr
    assert done.stdout == ("bye\n" if "atexit" in code else "")


def test_it_is_stopped_told_and_killed_by_its_own_id() -> None:
    with waiting() as process:
        process.send_signal(signal.SIGSTOP)
        until(lambda: state(process.pid) == "T", "it stands still")
        process.send_signal(signal.SIGCONT)
        assert process.poll() is None
        process.kill()
        assert process.wait(60) == -signal.SIGKILL


def test_one_that_is_interrupted_or_told_to_end_does() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        with waiting() as process:
            process.send_signal(number)
            assert process.wait(60) == -number


def test_it_ends_when_whoever_started_it_is_killed() -> None:
    starter = f"""
import subprocess, sys, time
from tests.support.forked import Forked
words = ["setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-c", {WAITS!r}]
process = Forked(words, stdout=subprocess.PIPE)
process.stdout.readline()
print(process.pid, open(f"/proc/{{process.pid}}/cmdline").read().count("fork_server"), flush=True)
time.sleep(600)
"""
    words = [sys.executable, "-c", starter]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment(PYTHONPATH=str(ROOT))) as outer:
        assert outer.stdout is not None
        pid, forks = map(int, outer.stdout.readline().split())
        assert forks == 1
        outer.kill()
    until(lambda: not Path(f"/proc/{pid}").exists() or state(pid) == "Z", "it ends too")


@pytest.mark.parametrize(
    "different",
    [{"LD_PRELOAD": ""}, {"FORCE_COLOR": "1"}, {"PYTHONPATH": "/"}, {"PYTHONHASHSEED": "1"}, {"TZ": "Asia/Tokyo"}],
    ids=lambda different: next(iter(different)),
)
def test_what_is_looked_at_while_loading_is_looked_at_anew(different: dict[str, str]) -> None:
    assert not said(Forked, more=different)["loaded"]


def test_what_is_asked_for_otherwise_is_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not said(Forked, umask=0o77)["loaded"]
    assert understood(["/usr/bin/python3", "-c", "pass"]) is None
    assert understood(["setpriv", "--reuid", "nobody", "--", sys.executable, "-c", "pass"]) is None
    assert understood([sys.executable, "-X", "dev", "-c", "pass"]) is None
    assert understood([sys.executable, "-c", "pass", "-c"]) == Words("pass", ["-c"], 0)
    monkeypatch.setenv(forked.SWITCH, "0")
    assert not said(Forked)["loaded"]


@pytest.mark.parametrize("anew", [False, True])
def test_an_edge_is_forked_but_where_the_test_says_anew(tmp_path: Path, anew: bool) -> None:
    with served(tmp_path / "data", anew=anew, well=None) as edge:
        ran = Path(f"/proc/{edge.process.pid}/cmdline").read_text()
    assert ("fork_server" in ran) is not anew


def test_a_server_has_nothing_from_the_test_that_needs_it_first(
    other: Forking, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as changed:
        changed.setenv("FORCE_COLOR", "1")
        assert not said(Forked)["loaded"]
    assert said(Forked)["loaded"]


def test_several_threads_each_get_their_own() -> None:
    def own(_number: int) -> bool:
        words = [sys.executable, "-c", "import os; print(os.getpid())"]
        with Forked(words, stdout=subprocess.PIPE, env=environment()) as process:
            return int(process.communicate(timeout=60)[0]) == process.pid

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(own, range(24)))


def test_a_server_that_was_killed_is_said_to_be_and_another_takes_its_place(other: Forking) -> None:
    assert said(Forked)["loaded"]
    pid = other.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(ForkServerError, match=f"process {pid}"):
        said(Forked)
    assert said(Forked)["loaded"]
    assert other.pid != pid


def test_a_server_that_does_not_answer_is_given_up(other: Forking, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(Forked)["loaded"]
    pid = other.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr("tests.support.forking.PATIENCE", 0.1)
    with pytest.raises(ForkServerError, match="timed out"):
        said(Forked)
    assert not Path(f"/proc/{pid}").exists()


def test_a_server_that_cannot_load_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.forking.PROGRAM", "import no_such_module")
    monkeypatch.setattr(forked, "forking", Forking())
    with pytest.raises(ForkServerError, match="No module named 'no_such_module'"):
        said(Forked)


def test_looking_at_a_variable_is_noted_whether_or_not_it_is_there() -> None:
    environment = Noted({"A": "1", "B": "2"})
    assert (environment["A"], environment.get("C"), "D" in environment) == ("1", None, False)
    assert environment.looked_at == {"A", "C", "D"}
