"""`edgewise nginx`: what it says, and what it becomes."""

import os
import shlex
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from edge.cli.pair import PUBLIC_URL
from loadtest.fleet.ports import free_port
from tests.cli.processes import Served, children, edgewise, is_running, served, until
from tests.cli.shell import Shell
from tests.delivery.paths import SETTINGS
from tests.nginx.conftest import make
from tests.support.nginx import CONFIGURATION, rendered, short_directory


@pytest.fixture(scope="module")
def edge() -> Iterator[Served]:
    """One that waits for an nginx before it, in a directory whose name is short enough for its sockets."""
    with short_directory() as directory:
        make(directory / "data")
        with served(directory / "data", "--front", "nginx", "--admin-bind", "127.0.0.1:0") as running:
            yield running


def test_a_configuration_that_is_not_there_is_named(tmp_path: Path) -> None:
    said = Shell({}).refused("--data-dir", str(tmp_path / "data"), "nginx", "-c", str(tmp_path / "own.conf"), code=2)
    assert f"there is no file {tmp_path / 'own.conf'}" in said


def test_a_machine_without_nginx_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert "apt-get install nginx" in Shell({}).refused("--data-dir", str(tmp_path / "data"), "nginx")


def test_it_says_what_it_would_start(tmp_path: Path) -> None:
    said = Shell({}).json("--data-dir", str(tmp_path / "data"), "nginx", "--foreground")
    assert said["directory"] == str(tmp_path / "data" / "front")
    assert said["command"][:5] == ["nginx", "-p", ".", "-c", str(CONFIGURATION)]
    assert "daemon off;" in said["command"]
    assert not (tmp_path / "data" / "front").exists()


@dataclass(frozen=True, slots=True)
class Started:
    """An nginx that made itself a daemon, in ``directory``."""

    directory: Path
    pid: int
    port: int


def from_nginx(port: int) -> str:
    """What nginx made of a question for the settings."""
    answer = httpx.get(f"http://127.0.0.1:{port}{SETTINGS}", trust_env=False)
    return answer.headers.get_list("cache-status")[-1]


def test_the_line_that_serve_says_starts_an_nginx_that_answers_for_it(edge: Served) -> None:
    with started(edge) as front:
        assert httpx.get(f"http://127.0.0.1:{front.port}{SETTINGS}", trust_env=False).status_code == 200
        assert edge.url == PUBLIC_URL
        assert edge.said["uds"] == str(front.directory / "run" / "app.sock")


def test_after_a_kill_it_starts_again_over_its_old_sockets_and_copies(edge: Served) -> None:
    with ExitStack() as frozen:
        with started(edge) as front:
            until(lambda: kept(edge, front, frozen), "a copy on the disk")
            # A master's workers outlive it and keep its listeners.
            pids = [front.pid, *children(front.pid)]
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            until(lambda: not any(is_running(pid) for pid in pids), "nginx is gone")
        assert (front.directory / "run" / "refresh.sock").is_socket()
        with started(edge) as front:
            assert from_nginx(front.port) == "nginx; hit"


def kept(edge: Served, front: Started, frozen: ExitStack) -> bool:
    """Whether there is a copy, from now on until ``frozen`` is closed: its node does nothing meanwhile.

    A node that nobody has told what nginx holds empties the cache when it starts, and some seconds later once more.
    """
    # The answer is there before the copy has its name on the disk.
    if from_nginx(front.port) != "nginx; hit":
        return False
    edge.process.send_signal(signal.SIGSTOP)
    frozen.callback(edge.process.send_signal, signal.SIGCONT)
    if any(file.is_file() for file in (front.directory / "cache").rglob("*")):
        return True
    frozen.close()
    return False


@contextmanager
def started(edge: Served) -> Iterator[Started]:
    """nginx by the line that ``edge`` has said, but on a port that nobody else has."""
    port, data_dir = free_port(), Path(edge.said["data_dir"])
    configuration = data_dir.with_name("nginx.conf")
    configuration.write_text(rendered(port))
    program, *words = shlex.split(edge.said["nginx"])
    assert program == "edgewise"
    words += ["-c", str(configuration)]
    said = edgewise(*words)
    assert said.returncode == 0, said.stderr
    kept = data_dir / "front" / "run" / "nginx.pid"
    until(lambda: kept.exists() and is_running(int(kept.read_text())), "nginx runs")
    front = Started(data_dir / "front", int(kept.read_text()), port)
    try:
        yield front
    finally:
        if is_running(front.pid):
            ended = edgewise(*words, "--", "-s", "stop")
            assert ended.returncode == 0, ended.stderr
        until(lambda: not is_running(front.pid), "nginx ends")
