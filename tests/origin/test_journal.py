"""The journal by a control node: what a poll proves, and when it is answered."""

import asyncio
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from edge.origin import journal as journal_module
from edge.origin.client import OriginClient
from edge.origin.connection import OriginError
from edge.origin.journal import OriginJournal
from tests.origin.stage import Control, client_of
from tests.support.clock import HandClock
from tests.support.polling import settle, until
from tests.support.sqlite import outage
from tests.support.world import open_world

pytestmark = pytest.mark.anyio
HELD = 8.0
"""Seconds that polls are held in these tests: only a failure waits for them."""


def reads_of_the_journal(control: Control) -> list[str]:
    """Statements on the counter, as they are made from now on."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FROM counter" in statement:
            seen.append(statement)

    event.listen(control.world.engine.sync_engine, "before_cursor_execute", note)
    return seen


async def head_of(control: Control) -> int:
    return (await control.world.journal.poll(1)).head.position


async def test_a_held_poll_is_answered_as_soon_as_the_control_node_has_applied_something_beyond(
    control: Control, client: OriginClient
) -> None:
    journal = OriginJournal(client, HELD)
    head = await head_of(control)
    polling = asyncio.create_task(journal.poll(head))
    await settle()
    await control.world.configure("second")
    await control.follow()
    batch = await polling
    assert [entry.position for entry in batch.entries] == [head, head + 1]


async def test_a_poll_that_finds_something_beyond_is_not_held(control: Control, client: OriginClient) -> None:
    batch = await OriginJournal(client, HELD).poll(1)
    assert batch.head.position == await head_of(control)


async def test_the_store_is_read_when_the_wait_is_over_not_before(control: Control, client: OriginClient) -> None:
    """A read begun before the wait would prove nothing of what was committed during it."""
    journal = OriginJournal(client, HELD)
    head = await head_of(control)
    await journal.poll(1)
    reads = reads_of_the_journal(control)
    polling = asyncio.create_task(journal.poll(head))
    await until(lambda: bool(control.node.follower._reporter._moved._waiters), "the poll is held")
    assert reads == []
    other = open_world(control.world.directory, control.clock)
    for number in range(3):
        await other.configure(f"other-{number}")
    await other.close()
    # What this node has applied is one entry; what it answers is what the store has.
    await control.node.follower.step()
    assert (await polling).head.position == head + 3


async def test_a_poll_is_answered_from_the_store_even_by_a_node_that_does_not_follow(
    control: Control, client: OriginClient
) -> None:
    journal = OriginJournal(client, 0.01)
    head = await head_of(control)
    await journal.poll(head)
    await control.world.configure("second")
    assert (await journal.poll(head)).head.position == head + 1


async def test_a_poll_of_an_epoch_that_the_control_node_does_not_follow_is_not_held_for_a_position(
    control: Control, client: OriginClient
) -> None:
    """Its position is beyond any that will be reached: the store was restored to an earlier one."""
    journal = OriginJournal(client, HELD)
    await journal.poll(1)
    await control.world.store.begin_epoch()
    await control.follow()
    batch = await journal.poll(await head_of(control))
    assert batch.head == control.ground.proof.cursor


async def test_the_head_that_is_answered_is_never_older_than_the_call(control: Control, client: OriginClient) -> None:
    journal = OriginJournal(client)
    for number in range(10):
        entry = await control.world.configure(f"key-{number}")
        assert (await journal.poll(entry.position - 1)).head.position >= entry.position


async def test_a_control_node_whose_store_is_down_proves_nothing(control: Control, client: OriginClient) -> None:
    with outage(control.world.directory / "edgewise.db"), pytest.raises(OriginError, match="status-503"):
        await OriginJournal(client).poll(1)


async def test_a_failed_poll_is_held_back_where_polls_are_held(
    control: Control, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its follower pauses for nothing between two polls: without this it would do nothing else."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(journal_module, "asyncio", SimpleNamespace(sleep=sleep))
    client = client_of(["http://127.0.0.1:9"], token, HandClock())
    for wait, expected in ((HELD, [journal_module.RETRY]), (0.0, [])):
        slept.clear()
        with pytest.raises(OriginError):
            await OriginJournal(client, wait).poll(1)
        assert slept == expected


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"head":{},"entries":[]}', b'{"head":null,"entries":null}'])
async def test_what_is_no_journal_is_a_failure_of_the_origin(body: bytes) -> None:
    with pytest.raises(OriginError, match="bad-journal"):
        journal_module._batch_of(body)
