"""A world and a roster that end with the test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.store.engine import open_engine
from edge.store.roster import Roster
from tests.support.clock import HandClock
from tests.support.template import copy_world
from tests.support.world import World


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def world(template: Path, tmp_path: Path, clock: HandClock) -> AsyncIterator[World]:
    made = copy_world(template, tmp_path, clock)
    yield made
    await made.close()


@pytest.fixture
async def roster(world: World) -> AsyncIterator[Roster]:
    made = Roster(open_engine(f"sqlite+aiosqlite:///{world.directory / 'roster.db'}"))
    yield made
    await made.close()
