"""What a data directory is of: commands that need a store say what to use instead of an edge node's."""

from pathlib import Path

import pytest

from edge.cli.errors import CliError
from edge.cli.standing import mark, needs_store
from edge.settings import Settings
from tests.cli.conftest import KEY
from tests.cli.shell import Shell

ORIGIN = "http://control.example:8081"
TOKEN = "s3cr3t-t0ken"

NEEDING_A_STORE = [
    ("status",),
    ("explain", KEY),
    ("snippet", KEY),
    ("workspace", "list"),
    ("source", "create", "acme/site", "--type", "javascript"),
    ("token", "create", "--instance", "--scope", "origin:read"),
    ("purge", "--tag", "all"),
    ("backup", "copy.db"),
]


def edge_settings(directory: Path) -> Settings:
    given = {"data_dir": directory, "role": "edge", "origin_url": ORIGIN, "origin_token": TOKEN}
    return Settings.model_validate(given)


@pytest.mark.parametrize("command", NEEDING_A_STORE, ids=lambda command: command[0])
def test_on_an_edge_nodes_directory_they_say_where_to_go_and_make_no_store(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    mark(edge_settings(tmp_path))
    said = Shell({"EDGE_DATA_DIR": str(tmp_path)}).refused(*command)
    assert ORIGIN in said
    assert "EDGE_URL" in said
    assert list(tmp_path.glob("*.db")) == []


def test_where_the_environment_says_edge_they_say_so_before_it_was_ever_served(tmp_path: Path) -> None:
    environment = {"EDGE_DATA_DIR": str(tmp_path), "EDGE_ROLE": "edge", "EDGE_ORIGIN_URL": ORIGIN}
    said = Shell(environment | {"EDGE_ORIGIN_TOKEN": TOKEN}).refused("status")
    assert ORIGIN in said
    assert TOKEN not in said


def test_a_directory_that_a_store_is_served_from_later_is_a_stores(tmp_path: Path) -> None:
    mark(edge_settings(tmp_path))
    with pytest.raises(CliError):
        needs_store(Settings(data_dir=tmp_path))
    mark(Settings(data_dir=tmp_path))
    assert needs_store(Settings(data_dir=tmp_path)).data_dir == tmp_path
