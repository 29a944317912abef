"""A world of its own for each test, by a clock of its own, and copies in a real Redis."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.cache.copies import RedisCopies
from edge.journal.redis_client import open_client
from tests.support.clock import HandClock
from tests.support.redis import Server
from tests.support.template import copy_world
from tests.support.world import World

PATIENT = 20.0


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def world(template: Path, tmp_path: Path, clock: HandClock) -> AsyncIterator[World]:
    made = copy_world(template, tmp_path, clock)
    yield made
    await made.close()


@pytest.fixture
async def copies(redis: Server) -> AsyncIterator[RedisCopies]:
    made = RedisCopies(open_client(redis.place, PATIENT), PATIENT)
    yield made
    await made.close()
