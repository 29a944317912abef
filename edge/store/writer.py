"""Writing documents inside the transaction of a commit."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.model.asset import Asset
from edge.model.client import Client
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.source import Source
from edge.store.diff import diff_of
from edge.store.documents import Codec, Document, is_lost, kind_of, same_json
from edge.store.effects import (
    Effects,
    Published,
    SourceImage,
    catalog_effects,
    changed_definitions,
    client_effects,
    merged,
    source_effects,
)
from edge.store.schema import assets, document_versions, documents, write_keys
from edge.store.usage import users_of
from edge.store.view import View


@dataclass(slots=True)
class Written:
    """What one commit wrote: resource names, their diff, and the effects that its entry carries."""

    resources: list[str] = field(default_factory=list)
    diff: dict[str, Any] = field(default_factory=dict)
    effects: Effects = field(default_factory=Effects)


@dataclass(frozen=True, slots=True)
class Edit:
    """One document's change; ``document`` is whichever side exists, the newer one first."""

    document: Document
    before: Document | None
    after: Document | None

    def empty(self) -> bool:
        """Whether both sides are the same, so that there is nothing to write."""
        if is_lost(self.before) or is_lost(self.after):
            return self.before == self.after
        return same_json(self.before, self.after)

    def definition_pair(self) -> tuple[Definition | None, Definition | None]:
        before, after = self.before, self.after
        return (before if isinstance(before, Definition) else None, after if isinstance(after, Definition) else None)

    def client_pair(self) -> tuple[Client | None, Client | None]:
        before, after = self.before, self.after
        return (before if isinstance(before, Client) else None, after if isinstance(after, Client) else None)

    def source_pair(self) -> tuple[Source | None, Source | None]:
        before, after = self.before, self.after
        return (before if isinstance(before, Source) else None, after if isinstance(after, Source) else None)


class Writer:
    """Puts and deletes documents at one position, and works out what that touches. ``before`` is what was there."""

    def __init__(self, connection: AsyncConnection, codec: Codec, published: Published, before: View) -> None:
        self._connection = connection
        self._codec = codec
        self._published = published
        self._before = before
        self._position = before.as_of.position + 1

    async def write(
        self, puts: Sequence[Document], deletes: Sequence[Document], files: Sequence[Asset], now: float
    ) -> Written:
        """Write what differs from what is stored; a put that changes nothing leaves no trace."""
        await self._keep(files, now)
        written = Written()
        stored = await self._stored([*deletes, *puts])
        # Deletions first: what takes the place of a document may take its name.
        edits = [Edit(document, stored.get(_place(document)), None) for document in deletes]
        edits += [Edit(document, stored.get(_place(document)), document) for document in puts]
        edits = [edit for edit in edits if not edit.empty()]
        touched = {source for edit in edits for side in (edit.before, edit.after) for source in _source_of(side)}
        before = {source: await _image(self._before, source) for source in sorted(touched)}
        for edit in edits:
            await self._apply(edit)
            name = kind_of(edit.document).name(edit.document)
            written.resources.append(name)
            written.diff[name] = diff_of(edit.before, edit.after, await self._definition_of(edit.document))
        after = self._now()
        effects = [
            source_effects(self._published, image, await _image(after, source)) for source, image in before.items()
        ]
        effects += [effect async for effect in self._catalog_effects(edits, before.keys())]
        effects += [client_effects(*edit.client_pair()) for edit in edits]
        written.effects = merged(effects)
        await self._mention(
            {name for edit in edits for side in (edit.before, edit.after) for name in _files(side)}, now
        )
        await self._revise(written.effects)
        return written

    async def _catalog_effects(self, edits: Sequence[Edit], judged: Collection[str]) -> AsyncIterator[Effects]:
        """What changed definitions do to the sources that are not ``judged`` by themselves."""
        changed = changed_definitions(self._published, [edit.definition_pair() for edit in edits])
        if not changed:
            return
        async for page in users_of(self._connection, self._codec, changed):
            yield merged(
                [catalog_effects(self._published, user, changed) for user in page if user.source.id not in judged]
            )

    async def _stored(self, given: Sequence[Document]) -> dict[tuple[str, str], Document]:
        """What is stored in the place of each of these documents, as far as something is."""
        places = [_place(document) for document in given]
        found: dict[tuple[str, str], Document] = {}
        for kind in dict.fromkeys(kind for kind, _ in places):
            several = await self._before.several(kind, [document_id for one, document_id in places if one == kind])
            found |= {(kind, document_id): stored.document for document_id, stored in several.items()}
        return found

    async def _definition_of(self, document: Document) -> Definition | None:
        return await self._now().definition(document.definition) if isinstance(document, Destination) else None

    def _now(self) -> View:
        """What is there by now, of what this writer writes."""
        return View(self._connection, self._codec, self._before.as_of)

    async def _apply(self, edit: Edit) -> None:
        kind = kind_of(edit.document)
        key = dict(zip(("kind", "id"), _place(edit.document), strict=True))
        place = {"name": kind.name(edit.document), "parent": kind.parent(edit.document)}
        uses = {"uses": kind.uses(edit.document)}
        body = self._codec.encode(edit.after) if edit.after is not None else None
        mine = (documents.c.kind == key["kind"]) & (documents.c.id == key["id"])
        if edit.after is None:
            await self._connection.execute(delete(documents).where(mine))
        elif edit.before is None:
            row = key | place | uses | {"position": self._position, "revision": self._position, "body": body}
            await self._connection.execute(insert(documents).values(row))
        else:
            row = place | uses | {"position": self._position, "body": body}
            await self._connection.execute(update(documents).where(mine).values(row))
        version = key | place | {"position": self._position, "body": body}
        await self._connection.execute(insert(document_versions).values(version))
        await self._register_keys(*edit.source_pair())

    async def _register_keys(self, before: Source | None, after: Source | None) -> None:
        owners_before = dict.fromkeys(before.write_keys, before.id) if before is not None else {}
        owners_after = dict.fromkeys(after.write_keys, after.id) if after is not None else {}
        for key in sorted(owners_after.keys() - owners_before.keys()):
            row = {"key": key, "source_id": owners_after[key], "retired": False, "position": self._position}
            await self._connection.execute(insert(write_keys).values(row))
        for key in sorted(owners_before.keys() - owners_after.keys()):
            retired = {"retired": True, "position": self._position}
            await self._connection.execute(update(write_keys).where(write_keys.c.key == key).values(retired))

    async def _revise(self, effects: Effects) -> None:
        revised = sorted(effects.revised)
        if revised:
            await self._connection.execute(
                update(documents)
                .where(documents.c.kind == bindparam("its_kind"), documents.c.id == bindparam("its_id"))
                .values(revision=self._position),
                [{"its_kind": kind, "its_id": document_id} for kind, document_id in revised],
            )

    async def _keep(self, files: Sequence[Asset], now: float) -> None:
        wanted = {asset.hash: asset for asset in files}
        known = await self._before.integrities(list(wanted)) if wanted else {}
        for asset in wanted.values():
            if asset.hash not in known:
                await self._connection.execute(insert(assets).values(asdict(asset) | {"mentioned_at": now}))

    async def _mention(self, hashes: set[str], now: float) -> None:
        """Files that a definition or client begins or ceases to name: from now on their time is counted anew."""
        if hashes:
            mentioned = assets.c.hash.in_(sorted(hashes))
            await self._connection.execute(update(assets).where(mentioned).values(mentioned_at=now))


async def _image(view: View, source_id: str) -> SourceImage | None:
    stored = await view.stored("source", source_id)
    if stored is None:
        return None
    destinations = await view.destinations(source_id)
    definitions = await view.definitions([destination.definition for destination in destinations])
    return SourceImage(
        stored.document,
        tuple(destinations),
        {slug: found.document for slug, found in definitions.items()},
        tuple(await view.filters(destinations)),
    )


def _place(document: Document) -> tuple[str, str]:
    kind = kind_of(document)
    return kind.kind, kind.id(document)


def _files(document: Document | None) -> set[str]:
    match document:
        case Definition(bundle=bundle) if bundle is not None:
            return {bundle.hash}
        case Client():
            return document.hashes()
        case _:
            return set()


def _source_of(document: Document | None) -> list[str]:
    match document:
        case Source():
            return [document.id]
        case Destination() | Filter():
            return [document.source_id]
        case _:
            return []
