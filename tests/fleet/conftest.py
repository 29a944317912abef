"""A store for each test, made once."""

from pathlib import Path

import pytest

from tests.fleet.roles import Fleet, copy_fleet, make_store


@pytest.fixture(scope="session")
def _store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    directory = tmp_path_factory.mktemp("fleet") / "control"
    return directory, make_store(directory)


@pytest.fixture
def fleet(_store: tuple[Path, str], tmp_path: Path) -> Fleet:
    directory, token = _store
    return copy_fleet(directory, tmp_path, token)
