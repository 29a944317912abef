"""A host that is stepped by hand, and ends with the test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fronts.stage import Host, open_host
from tests.support.clock import HandClock


@pytest.fixture
async def host(tmp_path: Path, clock: HandClock) -> AsyncIterator[Host]:
    """Whatever a test does: no refresh is ever sent while a node still answers with something older (I14)."""
    made = open_host(tmp_path, clock)
    yield made
    await made.close()
    assert made.too_early == []
