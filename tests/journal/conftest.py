"""A world and a roster that end with the test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.store.roster import Roster
from tests.support.clock import HandClock
from tests.support.node import open_roster
from tests.support.world import World, make_world


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def world(tmp_path: Path, clock: HandClock) -> AsyncIterator[World]:
    made = await make_world(tmp_path, clock)
    yield made
    await made.close()


@pytest.fixture
async def roster(tmp_path: Path) -> AsyncIterator[Roster]:
    made = await open_roster(tmp_path)
    yield made
    await made.close()
