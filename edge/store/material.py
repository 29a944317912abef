"""All that the documents of one write key are made of, read by one statement.

A statement is one snapshot by itself in both databases, so nothing has to be begun or ended around it: the counter's
row in it is the as-of of all others. Which definitions and files belong to a source it knows from the column ``uses``,
and that is checked: a row of a process of an older version lacks it, and then everything is read step by step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    LargeBinary,
    Row,
    Select,
    bindparam,
    case,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from edge.model.client import OWN, Client
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.position import AsOf
from edge.model.source import Source
from edge.store.documents import Codec, kind_named
from edge.store.engine import autocommit, snapshot
from edge.store.head import read_as_of
from edge.store.schema import assets, counter, documents, write_keys
from edge.store.view import View


@dataclass(frozen=True, slots=True)
class Material:
    """As of one position. ``source`` is ``None`` where the write key is not a live one; there is nothing else then.

    ``revision`` is the source's, not before its key became live. ``integrities``: by hash, those of the files that the
    definitions and the client name and that the store has. ``client`` is the one that the source's loader is made of.
    """

    as_of: AsOf
    source: Source | None = None
    revision: int = 0
    destinations: tuple[Destination, ...] = ()
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    client: Client | None = None
    client_revision: int = 0
    integrities: Mapping[str, str] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()


async def read_material(engine: AsyncEngine, codec: Codec, key: str) -> Material:
    """Raises STORE_FAILURES, and ValueError for a document that this release cannot read."""
    async with autocommit(engine) as connection:
        rows = (await connection.execute(_STATEMENT, {"key": key})).all()
    return _sorted_out(codec, rows) or await read_step_by_step(engine, codec, key)


async def read_step_by_step(engine: AsyncEngine, codec: Codec, key: str) -> Material:
    """The same by itself, without ``uses``: several statements in one snapshot."""
    async with snapshot(engine) as connection:
        view = View(connection, codec, await read_as_of(connection))
        stored = await view.source_of_key(key)
        if stored is None:
            return Material(view.as_of)
        source: Source = stored.document
        destinations = await view.destinations(source.id)
        found = await view.definitions([destination.definition for destination in destinations])
        definitions: dict[str, Definition] = {slug: one.document for slug, one in found.items()}
        client = await view.client(source.loader.slug)
        files = [one.bundle.hash for one in definitions.values() if one.bundle is not None]
        if client is not None:
            files.append(client.document.hash)
        return Material(
            as_of=view.as_of,
            source=source,
            revision=stored.revision,
            destinations=tuple(destinations),
            definitions=definitions,
            client=client.document if client is not None else None,
            client_revision=client.revision if client is not None else 0,
            integrities=await view.integrities(files),
            filters=tuple(await view.filters(destinations)),
        )


def _sorted_out(codec: Codec, rows: Sequence[Row[Any]]) -> Material | None:
    """``rows`` by their kinds; ``None`` where one of them does not say what it uses."""
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row)
    (head,) = found["head"]
    as_of = AsOf(head.id, head.position, head.name)
    if "source" not in found:
        return Material(as_of)
    decoded: dict[str, list[Any]] = {}
    for kind in ("destination", "definition", "client"):
        uses = kind_named(kind).uses
        decoded[kind] = [codec.decode(kind, row.body) for row in found.get(kind, ())]
        if any(uses(document) != row.uses for document, row in zip(decoded[kind], found.get(kind, ()), strict=True)):
            return None
    (row,), (key,) = found["source"], found["key"]
    source: Source = codec.decode("source", row.body)
    if kind_named("source").uses(source) != row.uses:
        return None
    clients = found.get("client", [])
    return Material(
        as_of=as_of,
        source=source,
        revision=max(row.revision, key.position),
        destinations=tuple(sorted(decoded["destination"], key=lambda one: one.name)),
        definitions={definition.slug: definition for definition in decoded["definition"]},
        client=decoded["client"][0] if clients else None,
        client_revision=clients[0].revision if clients else 0,
        integrities={row.id: row.name for row in found.get("asset", ())},
        filters=tuple(
            sorted((codec.decode("filter", row.body) for row in found.get("filter", ())), key=lambda one: one.name)
        ),
    )


_NO_BODY = literal_column("NULL", LargeBinary)
_ZERO: ColumnElement[int] = literal_column("0")
_EMPTY: ColumnElement[str] = literal_column("''")


def _constant(text: str) -> ColumnElement[str]:
    """In the statement's text: what never differs needs no parameter, and planning knows it."""
    return literal_column(f"'{text}'")


def _documents(kind: str, *conditions: ColumnElement[bool]) -> Select[Any]:
    columns = [documents.c[name] for name in ("kind", "id", "name", "uses", "position", "revision", "body")]
    return select(*columns).where(documents.c.kind == _constant(kind), *conditions)


def _statement() -> CompoundSelect[Any]:
    alive = (write_keys.c.key == bindparam("key"), write_keys.c.retired.is_(False))
    owner = select(write_keys.c.source_id, write_keys.c.position).where(*alive).cte("owner")
    mine = select(owner.c.source_id).scalar_subquery()
    destinations = _documents("destination", documents.c.parent == mine).cte("destinations")
    filters = _documents("filter", documents.c.parent.in_(select(destinations.c.id)))
    definitions = _documents("definition", documents.c.id.in_(select(destinations.c.uses))).cte("definitions")
    sources = _documents("source", documents.c.id == mine).cte("sources")
    slug = case((sources.c.uses == _EMPTY, _constant(OWN)), else_=sources.c.uses)
    clients = _documents("client", documents.c.id.in_(select(slug))).cte("clients")
    files = union_all(select(definitions.c.uses), select(clients.c.uses))
    return union_all(
        *(select(part) for part in (sources, destinations, definitions, clients)),
        filters,
        select(_constant("head"), counter.c.epoch, counter.c.head_id, _EMPTY, counter.c.head, _ZERO, _NO_BODY),
        select(_constant("key"), owner.c.source_id, _EMPTY, _EMPTY, owner.c.position, _ZERO, _NO_BODY),
        select(_constant("asset"), assets.c.hash, assets.c.integrity, _EMPTY, _ZERO, _ZERO, _NO_BODY).where(
            assets.c.hash.in_(files)
        ),
    )


_STATEMENT = _statement()
