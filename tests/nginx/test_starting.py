"""How the pair is started: the file as it is, by whoever runs the nodes."""

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from edge.cli.pair import PUBLIC_URL, paired, start_line
from edge.model.budget import Budget
from edge.settings import Settings
from tests.cli.processes import served, until
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


@pytest.mark.parametrize(("user", "ending"), [(0, " -g 'user root;'"), (1000, "/nginx.conf")])
def test_root_is_told_to_say_whose_workers_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, ending: str
) -> None:
    monkeypatch.setattr("edge.cli.pair.os.geteuid", lambda: user)
    line = start_line(Settings(data_dir=tmp_path / "a b", front="nginx"))
    assert line.startswith(f"cd '{tmp_path / 'a b' / 'front'}' && nginx -p . -c ")
    assert line.endswith(ending)


def test_without_the_project_s_folder_the_file_is_a_name_to_fill_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.cli.pair.edge.__file__", str(tmp_path / "site-packages" / "edge" / "__init__.py"))
    assert "-c /path/to/nginx.conf" in start_line(Settings(data_dir=tmp_path))


def test_the_line_that_serve_says_starts_an_nginx_that_answers_for_it(directory: Path) -> None:
    data_dir = directory / "data"
    make(data_dir)
    with served(data_dir, "--front", "nginx", "--admin-bind", "127.0.0.1:0") as edge:
        # On a port that nobody else has; everything else is as it is said.
        port = free_port()
        (directory / "nginx.conf").write_text(rendered(port))
        line = edge.said["nginx"].replace(str(CONFIGURATION), str(directory / "nginx.conf"))
        subprocess.run(["sh", "-c", line], check=True, capture_output=True, timeout=30)
        pid = data_dir / "front" / "run" / "nginx.pid"
        until(pid.exists, "nginx keeps its process id")
        try:
            assert httpx.get(f"http://127.0.0.1:{port}{SETTINGS}", trust_env=False).status_code == 200
        finally:
            subprocess.run(["sh", "-c", f"{line} -s stop"], check=True, capture_output=True, timeout=30)
            until(lambda: not pid.exists(), "nginx ends")
        assert edge.url == PUBLIC_URL
        assert edge.said["uds"] == str(data_dir / "front" / "run" / "app.sock")


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
