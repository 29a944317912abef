"""Write keys by tags, by a control node: the same pages as the source that it asks."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from edge.origin.app import OriginApi
from edge.origin.client import OriginClient
from edge.origin.connection import OriginError
from edge.origin.keys import OriginKeys
from tests.origin.stage import Control, client_of
from tests.support.loopback import loopback
from tests.support.sqlite import outage

pytestmark = pytest.mark.anyio
TAGGED = {"source:s1": [f"key-{number:03}" for number in range(25)], "workspace:acme": ["key-900"]}


class Tagged:
    """A KeySource in a dictionary."""

    async def keys(self, tags: Sequence[str], after: str, limit: int) -> list[str]:
        return [key for key in await self.all(tags) if key > after][:limit]

    async def count(self, tags: Sequence[str]) -> int:
        return len(await self.all(tags))

    async def all(self, tags: Sequence[str]) -> list[str]:
        return sorted({key for tag in tags for key in TAGGED.get(tag, [])})


@pytest.fixture
async def keys(control: Control, token: str) -> AsyncIterator[OriginKeys]:
    api = OriginApi(replace(control.sources, keys=Tagged()), control.admission)
    async with loopback(Starlette(routes=[Mount("/origin", app=api)])) as url:
        client = client_of([url], token, control.clock)
        yield OriginKeys(client)
        await client.close()


async def test_pages_join_without_gap_or_overlap(keys: OriginKeys) -> None:
    seen: list[str] = []
    while page := await keys.keys(["source:s1", "workspace:acme"], seen[-1] if seen else "", 7):
        assert len(page) <= 7
        seen += page
    assert seen == [*TAGGED["source:s1"], "key-900"]


async def test_the_count_is_of_all_pages(keys: OriginKeys) -> None:
    assert await keys.count(["source:s1", "workspace:acme"]) == 26
    assert await keys.count(["definition:tally"]) == 0


async def test_what_cannot_be_told_is_a_failure_never_no_keys(control: Control, client: OriginClient) -> None:
    with outage(control.world.directory / "edgewise.db", "write_keys"):
        with pytest.raises(OriginError):
            await OriginKeys(client).count(["all"])
        with pytest.raises(OriginError):
            await OriginKeys(client).keys(["all"], "", 10)
    with pytest.raises(OriginError):
        await OriginKeys(client).count(["everything"])
