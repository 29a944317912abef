"""Writing in a child process that is killed, and looking at what it left.

The child is forked from this process, which has imported everything already, so that a round costs milliseconds.
"""

import asyncio
import os
import signal
import time
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import event, select, text

from edge.model.outcome import Found, Unavailable
from edge.publish.publication import KINDS, Publisher, Wanted
from edge.publish.wire import Origin
from edge.store.documents import Codec
from edge.store.engine import autocommit, snapshot
from edge.store.head import read_as_of
from edge.store.keyring import Keyring, keys_from_file, new_secret_key
from edge.store.schema import document_versions, documents, write_keys
from tests.support.polling import until_async
from tests.support.postgres import url_in
from tests.support.world import World, open_world

OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)
Job = Callable[[World], Coroutine[Any, Any, Any]]


def world_at(directory: Path) -> World:
    """The store of ``directory``, of which nothing is open after ``close``; what was compiled for it is still there."""
    return _world(directory, url_in(directory))


@cache
def _world(directory: Path, _url: str | None) -> World:
    return open_world(directory)


def forked(child: Callable[[], None]) -> int:
    """Run ``child`` in a process of its own and answer its id; it never comes back into the test."""
    process = os.fork()
    if process == 0:
        try:
            child()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return process


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL does not return")


def killed_at_boundary(directory: Path, job: Job, boundary: int) -> bool:
    """Run ``job`` in a child that is killed at the ``boundary``-th moment; ``False`` when it came to its end before.

    The moments: before every statement (which is after the one before it), before COMMIT, and after ``job`` returned.
    """

    def child() -> None:
        passed = 0

        def reached(*_arguments: Any) -> None:
            nonlocal passed
            if passed == boundary:
                die()
            passed += 1

        async def run() -> None:
            world = world_at(directory)
            for moment in ("before_cursor_execute", "commit"):
                event.listen(world.engine.sync_engine, moment, reached)
            await job(world)
            reached()

        asyncio.run(run())

    return _ended_by_kill(forked(child))


def killed_at_moment(directory: Path, job: Job, seconds: float) -> bytes:
    """Run ``job``, which writes to the pipe that it is given as descriptor 1 of its own, and kill it after ``seconds``.

    Answers what it wrote; the time counts from its first byte on.
    """
    told, telling = os.pipe()

    def child() -> None:
        os.close(told)
        os.dup2(telling, 1)
        asyncio.run(_run(directory, job))

    process = forked(child)
    os.close(telling)
    with os.fdopen(told, "rb") as heard:
        first = heard.read(1)
        # Not waiting for anything: this is the moment, drawn by the test.
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
        assert _ended_by_kill(process)
        return first + heard.read()


async def _run(directory: Path, job: Job) -> None:
    await job(world_at(directory))


def _ended_by_kill(process: int) -> bool:
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0, "the child failed; its traceback is in the captured output"
    return False


@dataclass(frozen=True)
class State:
    """All that the store holds, without what is random by nature (ids of entries, seals)."""

    head: int
    documents: dict[tuple[str, str], Any]
    keys: dict[str, bool]
    revoked: dict[str, int]
    public: dict[Wanted, tuple[bytes, int] | None]


async def inspect(directory: Path) -> State:
    """The state of the store in ``directory``, after claiming that it hangs together."""
    world = world_at(directory)
    try:
        return await _inspect(world)
    finally:
        await world.close()


async def _inspect(world: World) -> State:
    codec = Codec(Keyring(keys_from_file(world.directory / "secret.keys", new_secret_key)))
    await _unharmed(world)
    async with snapshot(world.engine) as connection:
        head = await read_as_of(connection)
        now = {(row.kind, row.id): row for row in await connection.execute(select(documents))}
        history = (await connection.execute(select(document_versions).order_by(document_versions.c.position))).all()
        keys = {row.key: row.retired for row in await connection.execute(select(write_keys))}
    entries = [entry async for entry in journal(world)]
    assert [entry.position for entry in entries] == list(range(1, head.position + 1)), "positions without a gap"
    assert not entries or entries[-1].id == head.entry_id, "the head is the last entry"
    assert all(after.previous_id == before.id for before, after in pairwise(entries)), "an unbroken chain"
    latest = {(row.kind, row.id): row for row in history}
    assert {place for place, row in latest.items() if row.body is not None} == now.keys(), "versions match documents"
    for place, row in now.items():
        version = latest[place]
        assert (row.position, row.name, row.parent, row.body) == (
            version.position,
            version.name,
            version.parent,
            version.body,
        )
        assert row.revision <= head.position
    for entry in entries:
        written = sorted(row.name for row in history if row.position == entry.position)
        assert written == sorted(entry.resources), f"entry {entry.position} and its documents"
    stored = {place: codec.decode(row.kind, row.body) for place, row in now.items()}
    live = {key for (kind, _), source in stored.items() if kind == "source" for key in source.write_keys}
    assert {key for key, retired in keys.items() if not retired} == live, "live keys are those of sources"
    revoked = {tag: entry.position for entry in entries if entry.verb == "revoke" for tag in entry.tags}
    assert await world.store.revoked() == revoked, "revoke floors are those of the journal"
    return State(head.position, stored, keys, revoked, await _public(world, sorted(keys)))


async def _unharmed(world: World) -> None:
    """A file must not be damaged. A server may still be at the last thing that it was told: it ends with that."""
    if world.engine.dialect.name == "sqlite":
        async with world.engine.connect() as connection:
            assert (await connection.execute(text("PRAGMA integrity_check"))).scalar() == "ok"
        return

    async def alone() -> bool:
        async with autocommit(world.engine) as connection:
            return (await connection.execute(OTHERS)).scalar() == 0

    await until_async(alone, "the server has noticed that the child is gone")


async def journal(world: World) -> Any:
    position = 1
    while True:
        batch = (await world.journal.poll(position)).entries
        for entry in batch:
            yield entry
        if not batch or batch[-1].position >= (await world.journal.poll(position)).head.position:
            return
        position = batch[-1].position + 1


async def _public(world: World, keys: list[str]) -> dict[Wanted, tuple[bytes, int] | None]:
    publisher = Publisher(world.store, Origin("https://edge.example"), 20.0)
    public: dict[Wanted, tuple[bytes, int] | None] = {}
    for wanted in (Wanted(kind, key) for key in keys for kind in KINDS):
        outcome = await publisher.read(wanted)
        published = outcome.value if isinstance(outcome, Found) else None
        assert not isinstance(outcome, Unavailable), outcome
        public[wanted] = (published.variants["identity"].body, published.revision) if published is not None else None
    return public
