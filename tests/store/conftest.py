"""A store with everything in it that the world of tests has, on either database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.world import World, make_world


@pytest.fixture
async def world(place: Path) -> AsyncIterator[World]:
    made = await make_world(place)
    yield made
    await made.close()
