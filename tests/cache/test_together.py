"""Claims about reading the documents of a write key together."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from edge.cache.together import one_by_one
from edge.model.outcome import Found, Missing, Outcome
from edge.publish.publication import KINDS, Kind, Publication, Publisher, Wanted
from tests.support.clock import HandClock
from tests.support.node import ORIGIN, TIMEOUT
from tests.support.template import copy_world
from tests.support.world import KEY, World

pytestmark = pytest.mark.anyio
NOBODYS = "wk_nobodys_key_001"


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    made = copy_world(template, tmp_path, HandClock())
    yield made
    await made.close()


class Counted:
    """A publisher on the real store, whose reads are kept."""

    def __init__(self, world: World) -> None:
        self.publisher = Publisher(world.store, ORIGIN, TIMEOUT)
        self.reads: list[tuple[str, tuple[Kind, ...]]] = []
        self.read = one_by_one(self.together)

    async def together(self, key: str, kinds: Sequence[Kind]) -> dict[Kind, Outcome[Publication]]:
        self.reads.append((key, tuple(kinds)))
        return await self.publisher.read_together(key, kinds)


async def test_the_documents_of_a_key_wanted_at_once_are_one_read_each_as_it_would_be_by_itself(world: World) -> None:
    counted = Counted(world)
    wanted = [Wanted(kind, KEY) for kind in KINDS]
    together = await asyncio.gather(*map(counted.read, wanted))
    assert counted.reads == [(KEY, KINDS)]
    alone = [await counted.publisher.read(one) for one in wanted]
    assert together == alone
    assert all(isinstance(one, Found) and one.value.kind == kind for one, kind in zip(alone, KINDS, strict=True))


async def test_keys_are_read_apart(world: World) -> None:
    counted = Counted(world)
    found, missing = await asyncio.gather(*(counted.read(Wanted("settings", key)) for key in (KEY, NOBODYS)))
    assert (type(found), type(missing)) == (Found, Missing)
    assert sorted(counted.reads) == sorted([(KEY, ("settings",)), (NOBODYS, ("settings",))])
