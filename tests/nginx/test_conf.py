"""The file as it is: accepted, run by whoever runs the nodes, and of one mind with their settings."""

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from edge.cli.pair import PUBLIC_URL, paired
from edge.model.budget import Budget
from edge.settings import Settings
from loadtest.fleet.ports import free_port
from tests.cli.processes import served, until
from tests.delivery.paths import SETTINGS
from tests.nginx.conftest import Pair, make
from tests.support.nginx import CONFIGURATION, DIRECTORIES, PROGRAM, nginx, rendered
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
        # A worker that has just started says so, and nginx keeps that for a second.
        until(lambda: pair.client.get(SETTINGS).status_code == 200, "both workers have read the journal")
        assert {pair.client.get(SETTINGS).status_code for _ in range(20)} == {200}
