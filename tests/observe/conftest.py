"""Nodes that listen."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.settings import Settings
from tests.observe.stage import Listening, fleet_of, settings_in
from tests.support.clock import HandClock
from tests.support.world import World


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
async def nodes(world: World, settings: Settings, clock: HandClock) -> AsyncIterator[list[Listening]]:
    """Two nodes at the head; the first is the one that audits."""
    async with fleet_of(2, settings, clock) as made:
        yield made
