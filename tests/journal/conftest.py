"""A roster that ends with the test."""

from collections.abc import AsyncIterator

import pytest

from edge.store.engine import open_engine
from edge.store.roster import Roster
from tests.support.world import World


@pytest.fixture
async def roster(world: World) -> AsyncIterator[Roster]:
    made = Roster(open_engine(f"sqlite+aiosqlite:///{world.directory / 'roster.db'}"))
    yield made
    await made.close()
