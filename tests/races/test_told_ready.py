"""Nodes that hear of a change by the stream find its documents made; they hear of a purge whatever is made."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from edge.journal.latest import Enclosed
from edge.publish.publication import Wanted
from edge.store.store import Draft
from tests.races.redis_fleet import NEVER, fleet
from tests.support.redis import Server
from tests.support.world import KEY

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy this machine is, nothing is told before it is ready."""
    monkeypatch.setattr("edge.journal.announcer.PREPARING", NEVER)


async def never(_wanted: Iterable[Wanted]) -> Enclosed:
    await asyncio.Event().wait()
    raise AssertionError


async def test_who_hears_of_a_change_reads_no_store_for_it(tmp_path: Path, redis: Server) -> None:
    async with fleet(tmp_path, redis.url, count=3, interval=NEVER) as (writer, *readers):
        before = [(reader.stats.store_hits, reader.stats.polls) for reader in readers]
        for number in range(5):
            entry = await writer.configure(f"ahead-{number}")
            for reader in readers:
                await reader.reached(entry.position)
                assert await reader.api_key() == f"ahead-{number}"
        assert [(reader.stats.store_hits, reader.stats.polls) for reader in readers] == before


async def test_a_revoke_is_told_while_documents_are_still_made(
    tmp_path: Path, redis: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fleet(tmp_path, redis.url, interval=NEVER) as (writer, reader):
        # What it read goes nowhere.
        monkeypatch.setattr(writer.node.reader, "enclosed", never)
        change = await writer.configure("held")
        revoke = await writer.commit(Draft(verb="revoke", tags=(f"key:{KEY}",)))
        await reader.reached(revoke.position)
        assert (change.position, reader.position) == (revoke.position - 1, revoke.position)
