"""Copies in a real Redis."""

from collections.abc import AsyncIterator

import pytest

from edge.cache.copies import RedisCopies
from edge.journal.redis_client import open_client
from tests.support.redis import Server

PATIENT = 20.0


@pytest.fixture
async def copies(redis: Server) -> AsyncIterator[RedisCopies]:
    made = RedisCopies(open_client(redis.place, PATIENT), PATIENT)
    yield made
    await made.close()
