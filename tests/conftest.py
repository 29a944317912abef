"""What every test shares: asynchronous tests run on asyncio, the loop that the server uses."""

from pathlib import Path

import pytest

from tests.support.template import make_template


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory that ``copy_world`` copies."""
    return make_template(tmp_path_factory.mktemp("template"))
