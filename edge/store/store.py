"""The store: reading a snapshot, and committing a change with its journal entry."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from edge.model.asset import CHUNK, Asset
from edge.model.change import Entry, Verb
from edge.model.client import Client
from edge.model.definition import Definition
from edge.model.instant import Clock
from edge.store.documents import Codec, Document
from edge.store.effects import Published
from edge.store.engine import autocommit, migrate, snapshot, starting, writing
from edge.store.files import find_asset, find_chunk
from edge.store.head import lock_counter, read_as_of
from edge.store.material import Material, read_material
from edge.store.retention import Forgotten, forget
from edge.store.schema import counter, journal, revoke_floors
from edge.store.view import View
from edge.store.writer import Writer

IdMaker = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What an operation wants written. A purge has tags, and resources to file it under; a change has documents."""

    puts: tuple[Document, ...] = ()
    deletes: tuple[Document, ...] = ()
    assets: tuple[Asset, ...] = ()
    verb: Verb = "change"
    tags: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    reason: str = ""


Plan = Callable[[View], Awaitable[Draft]]


class NameTakenError(Exception):
    """A write would give two documents one resource name or two sources one write key."""


class Store:
    """The authoritative configuration. ``published`` says what is public; ids and time are given.

    ``reads`` are other connections to the same database: what pages wait for never waits for a writer's.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        codec: Codec,
        published: Published,
        clock: Clock,
        new_id: IdMaker,
        *,
        reads: AsyncEngine | None = None,
    ) -> None:
        self._engine = engine
        self._reads = reads or engine
        self._codec = codec
        self._published = published
        self._clock = clock
        self._new_id = new_id

    async def prepare(self) -> None:
        """Create or upgrade the tables; the first one to do so begins an epoch."""
        await migrate(self._engine, "migrations")
        async with starting(self._engine) as connection:
            if (await connection.execute(select(counter.c.id))).first() is None:
                values = {"id": 1, "epoch": self._new_id(), "head": 0, "head_id": self._new_id()}
                await connection.execute(insert(counter).values(values))

    async def close(self) -> None:
        await self._engine.dispose()
        await self._reads.dispose()

    @asynccontextmanager
    async def view(self) -> AsyncIterator[View]:
        """One snapshot; its position is read first, so what follows is never older than it says."""
        async with snapshot(self._engine) as connection:
            yield View(connection, self._codec, await read_as_of(connection))

    async def material(self, write_key: str) -> Material:
        """All that the public documents of ``write_key`` are made of, as of one position."""
        return await read_material(self._reads, self._codec, write_key)

    async def asset(self, name: str) -> Asset | None:
        """A file by its hash, or a chunk of a client by its name; whenever it is read, it is the same."""
        async with autocommit(self._reads) as connection:
            content_hash = await find_chunk(connection, self._codec, name) if CHUNK.match(name) else name
            return await find_asset(connection, content_hash) if content_hash is not None else None

    async def commit(self, plan: Plan, *, actor: str) -> Entry | None:
        """Lock the counter, let ``plan`` read and decide, write documents and entry, and commit both or neither.

        ``None`` when the plan asked for nothing that is not so already. What ``plan`` raises ends the transaction with
        nothing written. Raises NameTakenError where a name or key is in use.
        """
        try:
            async with writing(self._engine) as connection:
                as_of = await lock_counter(connection)
                view = View(connection, self._codec, as_of)
                draft = await plan(view)
                writer = Writer(connection, self._codec, self._published, view)
                written = await writer.write(draft.puts, draft.deletes, draft.assets, self._clock().wall)
                if not written.resources and draft.verb == "change":
                    return None
                entry = Entry(
                    position=as_of.position + 1,
                    id=self._new_id(),
                    previous_id=as_of.entry_id,
                    verb=draft.verb,
                    tags=tuple(sorted({*written.effects.tags, *draft.tags})),
                    keys=tuple(sorted({*written.effects.keys, *draft.keys})),
                    resources=(*written.resources, *draft.resources),
                    actor=actor,
                    reason=draft.reason,
                    at=self._clock().wall,
                    diff=written.diff,
                )
                await self._append(connection, entry)
                return entry
        except IntegrityError as error:
            raise NameTakenError from error

    async def begin_epoch(self) -> str:
        """Start another life of the journal: every copy made in an earlier one is stale at once (``restore``)."""
        epoch = self._new_id()
        async with writing(self._engine) as connection:
            await lock_counter(connection)
            await connection.execute(update(counter).values(epoch=epoch))
        return epoch

    async def revoked(self) -> dict[str, int]:
        """Every tag ever revoked, with the highest position at which it was."""
        async with autocommit(self._engine) as connection:
            rows = await connection.execute(select(revoke_floors))
            return {row.tag: row.position for row in rows}

    async def catalog(self) -> dict[str, Definition]:
        """Every definition, by slug."""
        async with self.view() as view:
            return {definition.slug: definition for definition in await view.every("definition", "")}

    async def forget(self, history_seconds: float) -> Forgotten:
        """Remove history older than ``history_seconds`` and files that nothing has named for long."""
        async with self.view() as view:
            definitions: list[Definition] = await view.every("definition", "")
            clients: list[Client] = await view.every("client", "")
        named = {definition.bundle.hash for definition in definitions if definition.bundle is not None}
        named |= {content_hash for client in clients for content_hash in client.hashes()}
        now = self._clock().wall
        return await forget(self._engine, named=frozenset(named), history_seconds=history_seconds, now=now)

    async def _append(self, connection: AsyncConnection, entry: Entry) -> None:
        row = {
            "position": entry.position,
            "id": entry.id,
            "previous_id": entry.previous_id,
            "verb": entry.verb,
            "tags": orjson.dumps(entry.tags).decode(),
            "keys": orjson.dumps(entry.keys).decode(),
            "resources": orjson.dumps(entry.resources).decode(),
            "actor": entry.actor,
            "reason": entry.reason,
            "at": entry.at,
            "diff": orjson.dumps(entry.diff).decode(),
        }
        await connection.execute(insert(journal).values(row))
        await connection.execute(update(counter).values(head=entry.position, head_id=entry.id))
        if entry.verb == "revoke":
            for tag in entry.tags:
                await connection.execute(delete(revoke_floors).where(revoke_floors.c.tag == tag))
                await connection.execute(insert(revoke_floors).values(tag=tag, position=entry.position))
