"""`edgewise backup` and `restore`, beside a running edge."""

import shutil
from pathlib import Path

import httpx

from tests.cli.conftest import KEY
from tests.cli.processes import served, until
from tests.cli.shell import Shell

FIRST = "first000000000000000000000000000"
LATER = "later000000000000000000000000000"


def with_destination(shell: Shell) -> None:
    shell.ok("destination", "create", "acme/site/amplitude", "--set", f"apiKey={FIRST}", "--enable")


def test_a_running_edge_goes_back_to_the_copy_by_itself(tmp_path: Path, data_dir: Path, shell: Shell) -> None:
    with_destination(shell)
    copy = tmp_path / "copy.db"
    with served(data_dir) as edge:
        said = shell.json("backup", str(copy))
        assert said == {"file": str(copy), "bytes": copy.stat().st_size}
        shell.ok("destination", "update", "acme/site/amplitude", "--set", f"apiKey={LATER}", "--wait", "20s")
        with httpx.Client(base_url=edge.url) as client:
            settings = f"/v1/projects/{KEY}/settings"
            before = client.get(settings)
            assert LATER in before.text
            restored = shell.json("restore", str(copy), "--yes")
            until(lambda: FIRST in client.get(settings).text, "the edge answers what the copy holds")
            after = client.get(settings)
        assert restored["epoch"] == shell.json("status")["epoch"]
        assert after.headers["edge-as-of"].startswith(restored["epoch"])
        assert not before.headers["edge-as-of"].startswith(restored["epoch"])
    assert "Traceback" not in edge.log.read_text()


def test_a_restored_store_takes_changes_from_where_the_copy_was(tmp_path: Path, shell: Shell) -> None:
    with_destination(shell)
    shell.ok("backup", str(tmp_path / "copy.db"))
    position = shell.json("status")["head"]
    shell.ok("source", "delete", "acme/site", "--yes")
    assert shell.json("restore", str(tmp_path / "copy.db"), "--yes")["position"] == position
    assert shell.json("explain", KEY)["destinations"][0]["published"] is True
    assert shell.json("source", "update", "acme/site", "--name", "Again")["position"] == position + 1


def test_a_restore_leaves_no_draft_behind(tmp_path: Path, data_dir: Path, shell: Shell) -> None:
    shell.ok("backup", str(tmp_path / "copy.db"))
    before = sorted(path.name for path in data_dir.iterdir())
    shell.ok("restore", str(tmp_path / "copy.db"), "--yes")
    assert sorted(path.name for path in data_dir.iterdir()) == before


def test_a_copy_moves_to_another_machine_with_its_keys(tmp_path: Path, data_dir: Path, shell: Shell) -> None:
    with_destination(shell)
    shell.ok("backup", str(tmp_path / "copy.db"))
    (tmp_path / "other").mkdir()
    shutil.copy(data_dir / "secret.keys", tmp_path / "other")
    other = Shell({"EDGE_DATA_DIR": str(tmp_path / "other")})
    other.ok("restore", str(tmp_path / "copy.db"), "--yes")
    assert FIRST in other.ok("destination", "show", "acme/site/amplitude")


def test_a_copy_whose_credentials_cannot_be_opened_replaces_nothing(tmp_path: Path, shell: Shell) -> None:
    with_destination(shell)
    shell.ok("backup", str(tmp_path / "copy.db"))
    other = Shell({"EDGE_DATA_DIR": str(tmp_path / "other")})
    other.ok("workspace", "create", "kept")
    assert "cannot be decrypted" in other.refused("restore", str(tmp_path / "copy.db"), "--yes")
    assert [one["name"] for one in other.json("workspace", "list")["workspaces"]] == ["workspaces/kept"]
    assert [path.name for path in (tmp_path / "other").iterdir() if path.name.startswith(".")] == []


def test_what_is_no_copy_replaces_nothing(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "text").write_text("not a database " * 100)
    assert "file is not a database" in shell.refused("restore", str(tmp_path / "text"), "--yes")
    assert "there is no file" in shell.refused("restore", str(tmp_path / "absent"), "--yes")
    assert shell.json("source", "list", "acme")["sources"]


def test_a_restore_asks_first(tmp_path: Path, shell: Shell) -> None:
    shell.ok("backup", str(tmp_path / "copy.db"))
    assert "Add --yes" in shell.refused("restore", str(tmp_path / "copy.db"), code=2)


def test_a_backup_of_nothing_and_to_nowhere_is_refused(tmp_path: Path, shell: Shell) -> None:
    nothing = Shell({"EDGE_DATA_DIR": str(tmp_path / "absent")})
    assert "there is no store at" in nothing.refused("backup", str(tmp_path / "copy.db"))
    assert "cannot be written" in shell.refused("backup", str(tmp_path / "absent" / "copy.db"))


def test_a_store_on_a_database_server_has_tools_of_its_own(tmp_path: Path) -> None:
    server = Shell({"EDGE_DATABASE_URL": "postgresql+asyncpg://edge@db.example/edge", "EDGE_DATA_DIR": str(tmp_path)})
    for command in (["backup", "x"], ["restore", "x", "--yes"]):
        assert "`edgewise new-epoch`" in server.refused(*command)
