"""Commands and `edgewise serve` on a PostgreSQL server."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import KEY
from tests.cli.processes import served, until
from tests.cli.shell import Shell
from tests.support.postgres import Cluster

FIRST = "first000000000000000000000000000"
LATER = "later000000000000000000000000000"
SETTINGS = f"/v1/projects/{KEY}/settings"


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    with cluster.database() as name:
        yield name


@pytest.fixture
def server_shell(cluster: Cluster, database: str, tmp_path: Path) -> Shell:
    """Commands on a store of a server, with a source that has a destination."""
    shell = Shell({"EDGE_DATA_DIR": str(tmp_path / "data"), "EDGE_DATABASE_URL": cluster.url(database)})
    shell.ok("workspace", "create", "acme")
    shell.ok("source", "create", "acme/site", "--type", "javascript", "--write-key", KEY)
    shell.ok("destination", "create", "acme/site/amplitude", "--set", f"apiKey={FIRST}", "--enable")
    return shell


def test_several_workers_serve_what_commands_write(tmp_path: Path, server_shell: Shell) -> None:
    with (
        served(tmp_path / "data", "--workers", "2", env=server_shell.env) as edge,
        httpx.Client(base_url=edge.url) as client,
    ):
        until(lambda: FIRST in client.get(SETTINGS).text, "the edge answers what a command wrote")
        until(lambda: len(server_shell.json("status")["nodes"]) == 2, "both workers are in the roster")
        set_later = ("destination", "update", "acme/site/amplitude", "--set", f"apiKey={LATER}", "--wait", "20s")
        assert server_shell.json(*set_later)["receipt"] in ("live", "settled")
        assert all(LATER in httpx.get(edge.url + SETTINGS).text for _ in range(8))
    assert "Traceback" not in edge.log.read_text()


def test_after_a_restore_with_the_server_s_own_tools_a_new_epoch_makes_every_node_read_anew(
    cluster: Cluster, database: str, tmp_path: Path, server_shell: Shell
) -> None:
    copy = tmp_path / "copy.sql"
    copy.write_text(cluster.dump(database))
    with (
        served(tmp_path / "data", env=server_shell.env) as edge,
        httpx.Client(base_url=edge.url) as client,
    ):
        server_shell.ok("destination", "update", "acme/site/amplitude", "--set", f"apiKey={LATER}", "--wait", "20s")
        before = client.get(SETTINGS)
        assert LATER in before.text
        cluster.load(database, copy.read_text())
        begun = server_shell.json("new-epoch", "--yes")
        until(lambda: FIRST in client.get(SETTINGS).text, "the edge answers what was restored")
        after = client.get(SETTINGS)
    assert after.headers["edge-as-of"].startswith(begun["epoch"])
    assert not before.headers["edge-as-of"].startswith(begun["epoch"])


def test_an_epoch_does_not_begin_where_credentials_cannot_be_opened(tmp_path: Path, server_shell: Shell) -> None:
    before = server_shell.json("status")["epoch"]
    stranger = Shell({**server_shell.env, "EDGE_DATA_DIR": str(tmp_path / "elsewhere")})
    assert "cannot be decrypted" in stranger.refused("new-epoch", "--yes")
    assert server_shell.json("status")["epoch"] == before


def test_an_epoch_does_not_begin_unasked(server_shell: Shell) -> None:
    assert "Add --yes" in server_shell.refused("new-epoch", code=2)


def failing(url: str, tmp_path: Path) -> str:
    said = Shell({"EDGE_DATA_DIR": str(tmp_path), "EDGE_DATABASE_URL": url}).refused("workspace", "list")
    assert "hunter2" not in said
    assert said.startswith("Store: ")
    return said


def test_a_server_that_cannot_be_used_is_said_with_what_to_do_and_without_the_password(
    cluster: Cluster, tmp_path: Path
) -> None:
    login = f"edge:hunter2@127.0.0.1:{cluster.port}"
    absent = failing(f"postgresql://{login}/absent", tmp_path)
    assert 'database "absent" does not exist' in absent
    assert "Make the database first" in absent
    stranger = failing(f"postgresql://nobody:hunter2@127.0.0.1:{cluster.port}/postgres", tmp_path)
    assert 'role "nobody" does not exist' in stranger
    assert "user and password" in stranger
    assert "rejected SSL upgrade" in failing(f"postgresql://{login}/postgres?sslmode=require", tmp_path)
    nowhere = failing("postgresql://edge:hunter2@no.such.host.invalid/edge", tmp_path)
    assert "the database server at no.such.host.invalid cannot be reached" in nowhere
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    refused = failing(f"postgresql://edge:hunter2@127.0.0.1:{port}/edge", tmp_path)
    assert f"the database server at 127.0.0.1:{port} cannot be reached" in refused
    assert "Is it running" in refused


def test_a_wrong_password_is_said_to_be_one(cluster: Cluster, database: str, tmp_path: Path) -> None:
    with cluster.asking_for_passwords():
        said = failing(f"postgresql://guarded:hunter2@127.0.0.1:{cluster.port}/{database}", tmp_path)
    assert "password authentication failed" in said
    assert "user and password" in said


def test_a_role_that_may_make_no_tables_is_told_what_it_needs(cluster: Cluster, database: str, tmp_path: Path) -> None:
    cluster.sql("DROP ROLE IF EXISTS reader")
    cluster.sql("CREATE ROLE reader LOGIN")
    said = failing(f"postgresql://reader@127.0.0.1:{cluster.port}/{database}", tmp_path)
    assert "permission denied" in said
    assert "own the database" in said


def test_a_url_that_cannot_be_read_is_refused_as_a_setting_and_not_shown(tmp_path: Path) -> None:
    shell = Shell({"EDGE_DATA_DIR": str(tmp_path), "EDGE_DATABASE_URL": "postgresql://edge:hunter2/x@db/edge"})
    said = shell.refused("workspace", "list")
    assert said.startswith("Settings: EDGE_DATABASE_URL: cannot be read as postgresql://user:password@host")
    assert "hunter2" not in said
