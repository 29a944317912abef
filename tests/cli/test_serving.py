"""`edgewise serve`, as a process."""

import json
import os
import signal
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from edge.cli.errors import CliError
from edge.cli.listeners import bind_tcp, port_of
from edge.cli.serve import announce
from edge.cli.serving import listen
from edge.settings import Settings
from tests.cli.processes import Served, children, edgewise, served, until_ended
from tests.cli.shell import Shell


@dataclass(frozen=True, slots=True)
class Ended:
    """An edge that answered ``health`` and was told to end by a signal: its exit code, and what it left."""

    edge: Served
    data_dir: Path
    health: httpx.Response
    code: int


@pytest.fixture(scope="module", params=[signal.SIGTERM, signal.SIGINT])
def ended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    data_dir = tmp_path_factory.mktemp("ended") / "data"
    with served(data_dir, anew=True) as edge:
        health = httpx.get(f"{edge.url}/healthz")
        return Ended(edge, data_dir, health, edge.end(request.param))


def test_one_process_serves_on_a_free_port_and_ends_cleanly_at_a_signal(ended: Ended) -> None:
    edge = ended.edge
    assert edge.said["port"] > 0
    assert edge.url == f"http://127.0.0.1:{edge.said['port']}"
    assert edge.said["config_api"] == f"{edge.url}/v1beta"
    assert ended.health.status_code == 200
    assert "server" not in ended.health.headers
    assert "date" in ended.health.headers
    assert ended.code == 0
    assert "Traceback" not in edge.log.read_text()


def test_the_data_directory_and_what_it_keeps_are_private(ended: Ended) -> None:
    assert stat.S_IMODE(ended.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((ended.data_dir / "secret.keys").stat().st_mode) == 0o600


def test_the_log_is_json_lines_where_nobody_watches(ended: Ended) -> None:
    lines = [json.loads(line) for line in ended.edge.log.read_text().splitlines()]
    assert {"event", "level", "timestamp", "logger"} <= set(lines[0])


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_every_worker_ends_with_its_supervisor(tmp_path: Path, sign: int) -> None:
    with served(tmp_path / "data", "--workers", "2") as edge:
        workers = children(edge.process.pid)
        assert len(workers) >= 2
        assert edge.end(sign) == 0
        assert until_ended(workers) == []
    assert "Traceback" not in edge.log.read_text()


def test_workers_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    with served(tmp_path / "data", "--workers", "2", anew=True) as edge:
        workers = children(edge.process.pid)
        edge.end(signal.SIGKILL)
        assert until_ended(workers) == []
    with bind_tcp("127.0.0.1", edge.said["port"], "EDGE_PORT"):
        pass


def test_a_unix_socket_serves_and_is_removed_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "edge.sock"
    with served(tmp_path / "data", "--uds", str(path), "--public-url", "https://cdn.example.com/") as edge:
        assert edge.url == "https://cdn.example.com"
        assert edge.end() == 0
    assert not path.exists()


def test_the_admin_listener_has_a_port_of_its_own_and_the_log_level_is_the_least_that_is_written(
    tmp_path: Path,
) -> None:
    with served(tmp_path / "data", "--admin-bind", "127.0.0.1:0", "--log-level", "error") as edge:
        admin = edge.said["config_api"].removesuffix("/v1beta")
        assert admin != edge.url
        socket.create_connection(("127.0.0.1", int(admin.rpartition(":")[2])), timeout=10).close()
        edge.end()
    assert edge.log.read_text() == ""


def test_a_unix_socket_without_a_public_url_is_refused(tmp_path: Path) -> None:
    said = Shell({}).refused("serve", "--data-dir", str(tmp_path / "data"), "--uds", str(tmp_path / "edge.sock"))
    assert "EDGE_PUBLIC_URL is needed with EDGE_UDS" in said
    assert not (tmp_path / "data").exists()


def test_a_taken_port_is_said_before_the_store_is_touched(tmp_path: Path) -> None:
    with bind_tcp("127.0.0.1", 0, "EDGE_PORT") as listener:
        port = port_of(listener)
        said = Shell({}).refused("serve", "--data-dir", str(tmp_path / "data"), "--port", str(port))
    assert f"port {port} of 127.0.0.1 is taken" in said
    assert not (tmp_path / "data" / "edgewise.db").exists()


def test_a_data_directory_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    # Who runs the tests may be root, who may write everywhere.
    monkeypatch.setattr("edge.cli.serving.os.access", lambda _path, mode: not mode & os.W_OK)
    said = Shell({}).refused("serve", "--data-dir", str(tmp_path / "locked"), "--port", "0")
    assert f"EDGE_DATA_DIR: {tmp_path / 'locked'} cannot be used: this user may not write there" in said


def test_a_data_directory_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = Shell({}).refused("serve", "--data-dir", str(tmp_path / "file"), "--port", "0")
    assert f"EDGE_DATA_DIR: {tmp_path / 'file'} cannot be used: File exists" in said


def test_a_file_that_is_no_database_is_said_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "edgewise.db").write_text("not a database " * 100)
    ended = edgewise("serve", "--data-dir", str(tmp_path / "data"), "--port", "0")
    assert ended.returncode == 1
    assert "the store cannot be used: file is not a database" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("options", "env", "expected"),
    [
        (["--port", "99999"], {}, "EDGE_PORT: Input should be less than or equal to 65535"),
        (["--front", "varnish"], {}, "EDGE_FRONT: Input should be 'none' or 'nginx'"),
        (["--admin-bind", "8081"], {}, "EDGE_ADMIN_BIND: must be host:port"),
        ([], {"EDGE_WORKERS": "many"}, "EDGE_WORKERS: Input should be a valid integer"),
        ([], {"EDGE_BROWSER_MAX_AGE": "900"}, "EDGE_BROWSER_MAX_AGE 900"),
        ([], {"EDGE_SECRET_KEYS": "hunter2"}, "EDGE_SECRET_KEYS"),
        ([], {"EDGE_TOKEN_KEYS": "hunter2"}, "EDGE_TOKEN_KEYS"),
    ],
)
def test_a_setting_that_is_not_allowed_is_named_with_what_is(
    tmp_path: Path, options: list[str], env: dict[str, str], expected: str
) -> None:
    listening = [] if "--port" in options else ["--port", "0"]
    said = Shell(env).refused("serve", "--data-dir", str(tmp_path / "data"), *listening, *options)
    assert expected in said
    assert "hunter2" not in said


def test_two_listeners_on_one_port_number_are_refused(tmp_path: Path) -> None:
    with bind_tcp("127.0.0.1", 0, "EDGE_PORT") as listener:
        port = port_of(listener)
    with pytest.raises(CliError, match=f"EDGE_ADMIN_BIND and EDGE_PORT are both port {port}"):
        listen(Settings(data_dir=tmp_path, port=port, admin_bind=f"127.0.0.2:{port}"))
    bind_tcp("127.0.0.1", port, "EDGE_PORT").close()


def test_a_person_reads_where_it_listens_and_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    announce(Settings(data_dir=tmp_path, port=4242, workers=3), as_json=False)
    said = capsys.readouterr()
    assert "http://127.0.0.1:4242/v1beta" in said.out
    # A long path is folded where the terminal ends.
    assert str(tmp_path) in "".join(said.out.split())
    assert f"export EDGE_DATA_DIR={tmp_path}" in said.err
    assert "edgewise workspace create acme" in said.err
    assert "\x1b" not in said.out + said.err


def test_an_address_that_only_this_machine_reaches_is_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = listen(Settings(data_dir=tmp_path, host="0.0.0.0", port=0))
    opened.close()
    assert opened.settings.base_url() == f"http://127.0.0.1:{opened.settings.port}"
    announce(opened.settings, as_json=False)
    assert "set EDGE_PUBLIC_URL" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "env", "expected"),
    [
        (["--role", "edge"], {}, "EDGE_ROLE=edge needs EDGE_ORIGIN_URL and EDGE_ORIGIN_TOKEN"),
        (["--role", "edge", "--origin-url", "http://c:8081"], {}, "EDGE_ORIGIN_TOKEN"),
        (["--role", "edge", "--origin-url", "c:8081"], {"EDGE_ORIGIN_TOKEN": "t"}, "EDGE_ORIGIN_URL: must be http://"),
        (["--role", "origin"], {}, "EDGE_ROLE: Input should be 'all', 'control' or 'edge'"),
        (
            ["--role", "edge", "--origin-url", "http://c:8081", "--database-url", "sqlite+aiosqlite:///x"],
            {"EDGE_ORIGIN_TOKEN": "t"},
            "an edge node has no database login",
        ),
        ([], {"EDGE_ORIGIN_TOKEN": "two words\r\n"}, "EDGE_ORIGIN_TOKEN: must be an access token"),
    ],
)
def test_a_role_that_lacks_something_is_refused_with_what_it_lacks(
    tmp_path: Path, options: list[str], env: dict[str, str], expected: str
) -> None:
    said = Shell(env).refused("serve", "--data-dir", str(tmp_path / "data"), "--port", "0", *options)
    assert expected in said
    assert "two words" not in said


def test_the_origin_token_is_no_option() -> None:
    assert "--origin-token" not in Shell({}).ok("serve", "--help")


def test_a_person_reads_the_role_and_whom_an_edge_node_asks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    announce(Settings(data_dir=tmp_path, role="control", port=4242), as_json=False)
    assert "role        control" in capsys.readouterr().out
    edge = Settings(data_dir=tmp_path, role="edge", origin_url="http://c1:8081, http://c2:8081", origin_token="t0ken")
    announce(edge, as_json=False)
    said = capsys.readouterr()
    assert "http://c1:8081, http://c2:8081" in said.out
    assert "none on an edge node" in said.out
    assert "edgewise workspace create" not in said.err
    assert "t0ken" not in said.out + said.err


def test_an_edge_node_starts_without_a_control_node_and_makes_neither_a_store_nor_keys(tmp_path: Path) -> None:
    options = ("--role", "edge", "--origin-url", "http://127.0.0.1:9")
    with served(tmp_path / "data", *options, env={"EDGE_ORIGIN_TOKEN": "t0ken"}, well="/healthz", anew=True) as edge:
        assert (edge.said["role"], edge.said["origins"], edge.said["config_api"]) == ("edge", [options[3]], None)
        assert httpx.get(f"{edge.url}/readyz").status_code == 503
        assert httpx.get(f"{edge.url}/v1beta/status").status_code == 404
        assert edge.end() == 0
    assert sorted(path.name for path in (tmp_path / "data").glob("*.*")) == []
    assert "t0ken" not in edge.log.read_text()
