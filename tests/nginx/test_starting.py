"""How the pair is started: the file as it is, by whoever runs the nodes."""

import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from edge.cli.errors import CliError
from edge.cli.pair import PUBLIC_URL, clear, command, furnish, paired
from edge.model.budget import Budget
from edge.settings import Settings
from tests.cli.processes import Served, children, edgewise, is_running, served, until
from tests.cli.shell import Shell
from tests.delivery.paths import SETTINGS
from tests.nginx.conftest import Pair, make
from tests.support.nginx import CONFIGURATION, DIRECTORIES, PROGRAM, free_port, nginx, rendered
from tests.support.upstream import upstream

NOBODY = pwd.getpwnam("nobody")


def checked(directory: Path) -> subprocess.CompletedProcess[str]:
    for name in DIRECTORIES:
        (directory / name).mkdir(exist_ok=True)
    words = [PROGRAM, "-p", ".", "-c", str(directory / "nginx.conf"), "-t"]
    return subprocess.run(words, cwd=directory, capture_output=True, text=True, check=False, timeout=30)


def test_the_file_as_it_is_is_accepted_without_a_warning(directory: Path) -> None:
    shutil.copy(CONFIGURATION, directory / "nginx.conf")
    said = checked(directory)
    assert said.returncode == 0, said.stderr
    assert "[warn]" not in said.stderr
    assert "[emerg]" not in said.stderr


def test_its_https_and_real_address_parts_are_ready_to_be_filled_in(directory: Path) -> None:
    text = rendered(free_port())
    for line in re.findall(r"^ +#((?:listen|ssl_|add_header|set_real|real_ip|server).*;)", text, re.MULTILINE):
        text = text.replace(f"#{line}", line)
    # Ports of whoever runs the tests.
    for port in ("443", "8080"):
        text = re.sub(rf"listen (\[::\]:)?{port} ", rf"listen \g<1>{free_port()} ", text)
    certificate = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=cdn.example.com")
    files = ("-keyout", str(directory / "privkey.pem"), "-out", str(directory / "fullchain.pem"))
    subprocess.run([*certificate, *files], check=True, capture_output=True, timeout=60)
    (directory / "nginx.conf").write_text(text.replace("/etc/letsencrypt/live/cdn.example.com", str(directory)))
    said = checked(directory)
    assert said.returncode == 0, said.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process as somebody else")
def test_it_runs_as_an_ordinary_user(directory: Path) -> None:
    directory.chmod(0o755)
    with upstream(directory / "run" / "app.sock"), nginx(directory, user=NOBODY.pw_uid) as front:
        with front.public() as client:
            assert [client.get(SETTINGS).status_code for _ in range(2)] == [200, 200]
        with front.refreshing() as node:
            assert node.get(SETTINGS).headers["cache-status"] == "nginx; hit"
        assert {path.owner() for path in (directory / "cache").rglob("*")} == {"nobody"}


def test_the_nodes_listen_where_the_file_looks_for_them() -> None:
    settings = paired(Settings(front="nginx"))
    text = CONFIGURATION.read_text(encoding="utf-8")
    assert settings.uds == settings.front_directory() / "run" / "app.sock"
    assert "server unix:run/app.sock max_fails=0;" in text
    assert settings.refresh_address().relative_to(settings.front_directory()) == Path("run/refresh.sock")
    assert text.count('"unix:run/refresh.sock"') == 3
    assert "listen unix:run/refresh.sock;" in text
    assert settings.front_cache_directory().relative_to(settings.front_directory()) == Path("cache")
    assert "proxy_cache_path cache levels=1:2 " in text
    assert f"listen {PUBLIC_URL.rpartition(':')[2]} " in text


def test_what_the_operator_s_page_explains_is_in_the_file() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    page = (CONFIGURATION.parent / "docs" / "nginx.md").read_text(encoding="utf-8")
    _, _, table = page.partition("## What each part is for")
    table, _, _ = table.partition("## ")
    named = re.findall(r"`((?:proxy|limit|error|gzip|return|max)_?[a-z_0-9]*)", table)
    assert len(named) > 10
    assert [name for name in named if not re.search(rf"\b{name}\b", text)] == []


def test_nginx_waits_longer_than_a_node_and_keeps_longer_than_the_budget_s_windows() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    (read_timeout,) = re.findall(r"^    proxy_read_timeout (\d+)s;", text, re.MULTILINE)
    assert int(read_timeout) > Settings.model_fields["read_timeout"].default
    (inactive,) = re.findall(r"proxy_cache_path cache .* inactive=(\d+)m", text)
    assert int(inactive) * 60 > Budget().front_fresh + Budget().front_error


def test_what_is_said_otherwise_is_left_as_it_is(tmp_path: Path) -> None:
    own = paired(Settings(front="nginx", uds=tmp_path / "own.sock", public_url="https://cdn.example.com"))
    assert (own.uds, own.public_url) == (tmp_path / "own.sock", "https://cdn.example.com")
    assert paired(Settings(front="nginx", port=9000)).uds is None
    without = Settings(front="none")
    assert paired(without) is without


def test_a_front_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "front").write_text("")
    said = Shell({}).refused("serve", "--data-dir", str(tmp_path / "data"), "--front", "nginx")
    assert f"EDGE_FRONT: {tmp_path / 'data' / 'front'}" in said
    assert "another data directory" in said


def test_root_starts_it_for_whom_the_data_directory_belongs_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=tmp_path, front="nginx")
    words = ("nginx", "-p", ".", "-c", "/etc/nginx.conf")
    monkeypatch.setattr("edge.cli.pair.os.geteuid", lambda: 1000)
    assert command(settings, Path("/etc/nginx.conf")) == words
    monkeypatch.setattr("edge.cli.pair.os.geteuid", lambda: 0)
    assert command(settings, Path("/etc/nginx.conf")) == (*words, "-g", f"user {tmp_path.owner()};")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to somebody else")
def test_root_makes_its_directories_for_them_too(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY.pw_uid, NOBODY.pw_gid)
    furnish(Settings(data_dir=tmp_path, front="nginx"))
    assert {path.owner() for path in (tmp_path / "front").rglob("*")} == {"nobody"}
    os.chown(tmp_path, 54321, -1)
    with pytest.raises(CliError, match="belongs to 54321, who is no user of this machine"):
        command(Settings(data_dir=tmp_path, front="nginx"), Path("/etc/nginx.conf"))


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


def test_the_line_that_serve_says_starts_an_nginx_that_answers_for_it(directory: Path) -> None:
    data_dir = directory / "data"
    make(data_dir)
    with served(data_dir, "--front", "nginx", "--admin-bind", "127.0.0.1:0") as edge, started(edge, directory) as front:
        assert httpx.get(f"http://127.0.0.1:{front.port}{SETTINGS}", trust_env=False).status_code == 200
        assert edge.url == PUBLIC_URL
        assert edge.said["uds"] == str(data_dir / "front" / "run" / "app.sock")


def test_after_a_kill_it_starts_again_over_its_old_sockets_and_copies(directory: Path) -> None:
    data_dir = directory / "data"
    make(data_dir)
    with served(data_dir, "--front", "nginx", "--admin-bind", "127.0.0.1:0") as edge:
        with started(edge, directory) as front:
            httpx.get(f"http://127.0.0.1:{front.port}{SETTINGS}", trust_env=False)
            pids = [front.pid, *children(front.pid)]
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            until(lambda: not any(is_running(pid) for pid in pids), "nginx is gone")
        assert (data_dir / "front" / "run" / "refresh.sock").is_socket()
        with started(edge, directory) as front:
            answer = httpx.get(f"http://127.0.0.1:{front.port}{SETTINGS}", trust_env=False)
            assert answer.headers.get_list("cache-status")[-1] == "nginx; hit"


def test_the_sockets_of_a_running_nginx_are_left_to_it(directory: Path) -> None:
    with upstream(directory / "front" / "run" / "app.sock"), nginx(directory / "front") as front:
        clear(Settings(data_dir=directory, front="nginx"))
        with front.refreshing() as node, front.public() as client:
            assert (node.get(SETTINGS).status_code, client.get(SETTINGS).status_code) == (200, 200)


@dataclass(frozen=True, slots=True)
class Started:
    """An nginx that made itself a daemon."""

    pid: int
    port: int


@contextmanager
def started(edge: Served, directory: Path) -> Iterator[Started]:
    """nginx by the line that ``edge`` has said, but on a port that nobody else has."""
    port = free_port()
    (directory / "nginx.conf").write_text(rendered(port))
    program, *words = shlex.split(edge.said["nginx"])
    assert program == "edgewise"
    words += ["-c", str(directory / "nginx.conf")]
    said = edgewise(*words)
    assert said.returncode == 0, said.stderr
    kept = directory / "data" / "front" / "run" / "nginx.pid"
    until(lambda: kept.exists() and is_running(int(kept.read_text())), "nginx runs")
    front = Started(int(kept.read_text()), port)
    try:
        yield front
    finally:
        if is_running(front.pid):
            ended = edgewise(*words, "--", "-s", "stop")
            assert ended.returncode == 0, ended.stderr
        until(lambda: not is_running(front.pid), "nginx ends")


def test_nodes_and_nginx_may_start_in_any_order(directory: Path) -> None:
    with nginx(directory) as front, front.public() as client:
        assert client.get(SETTINGS).status_code == 503
        with upstream(directory / "run" / "app.sock"):
            assert client.get(SETTINGS).status_code == 200


def test_several_workers_share_one_line_of_the_file(directory: Path) -> None:
    data_dir = directory / "data"
    make(data_dir)
    options = ("--front", "nginx", "--admin-bind", "127.0.0.1:0", "--workers", "2")
    with (
        served(data_dir, *options) as edge,
        nginx(data_dir / "front") as front,
        front.public() as client,
    ):
        pair = Pair(edge, front, client, data_dir)
        assert {pair.client.get(SETTINGS).status_code for _ in range(20)} == {200}
