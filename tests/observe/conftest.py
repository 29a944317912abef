"""A world, a clock, and nodes that listen."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.settings import Settings
from tests.observe.stage import Listening, fleet_of, settings_in
from tests.support.clock import HandClock
from tests.support.template import copy_world
from tests.support.world import World


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
async def world(template: Path, tmp_path: Path, clock: HandClock) -> AsyncIterator[World]:
    made = copy_world(template, tmp_path, clock)
    yield made
    await made.close()


@pytest.fixture
async def nodes(world: World, settings: Settings, clock: HandClock) -> AsyncIterator[list[Listening]]:
    """Two nodes at the head; the first is the one that audits."""
    async with fleet_of(2, settings, clock) as made:
        yield made
