"""A local store with one workspace and one web source, and logging that each test leaves as it found it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import Shell, logging_as_before

KEY = "cli_first_key_0001"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    with logging_as_before():
        yield


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a store that has ``acme/site``, to be copied."""
    data_dir = tmp_path_factory.mktemp("cli") / "data"
    shell = Shell({"EDGE_DATA_DIR": str(data_dir)})
    shell.ok("workspace", "create", "acme")
    shell.ok("source", "create", "acme/site", "--type", "javascript", "--write-key", KEY)
    return data_dir


@pytest.fixture
def data_dir(filled: Path, tmp_path: Path) -> Path:
    """The directory of a store that has ``acme/site``."""
    shutil.copytree(filled, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def shell(data_dir: Path) -> Shell:
    """Commands on that store."""
    return Shell({"EDGE_DATA_DIR": str(data_dir)})
