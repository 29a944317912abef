"""Reading one public document: store, then manifest, then dialect, then encoded variants."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import structlog
from sqlalchemy.exc import SQLAlchemyError

from edge.model.definition import Definition
from edge.model.outcome import Found, Missing, Outcome, Unavailable
from edge.model.source import Source
from edge.model.tags import ALL, LOADER, definition_tag, key_tag, source_tag, workspace_tag
from edge.publish.bundle import loader_bundle
from edge.publish.manifest import Manifest, build
from edge.publish.variants import Variants, encode
from edge.publish.wire import Origin, integrations_document, settings_document, to_json
from edge.store.keyring import SecretUnreadableError
from edge.store.store import Store
from edge.store.view import View

Kind = Literal["settings", "loader", "integrations"]
KINDS: tuple[Kind, ...] = ("settings", "loader", "integrations")
CLIENT = "edgewise"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which document of which write key: what a public path asks for."""

    kind: Kind
    write_key: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A finished document. ``revision`` is the position of the last change that altered its public bytes."""

    kind: Kind
    revision: int
    variants: Variants

    def size(self) -> int:
        return sum(len(variant.body) for variant in self.variants.values())

    def document_size(self) -> int:
        """Bytes of the document itself, not encoded."""
        return len(self.variants["identity"].body)


class Publisher:
    """Given to the cache as its ``read``. ``timeout`` in seconds bounds a read; a slower one is Unavailable."""

    def __init__(self, store: Store, origin: Origin, timeout: float) -> None:
        self._store = store
        self._origin = origin
        self._timeout = timeout

    async def read(self, wanted: Wanted) -> Outcome[Publication]:
        """Never raises: what goes wrong is ``Unavailable`` with a short reason, and is logged here."""
        try:
            async with asyncio.timeout(self._timeout), self._store.view() as view:
                return await self._publish(view, wanted)
        except SecretUnreadableError:
            reason = "secret-unreadable"
        except TimeoutError:
            reason = "store-timeout"
        except (SQLAlchemyError, OSError):
            reason = "store-unavailable"
        except ValueError:
            # A document that a newer release wrote, beside which this process still runs, or a damaged one.
            reason = "document-unreadable"
        log.warning("read failed", reason=reason, document=wanted.kind)
        return Unavailable(reason)

    async def _publish(self, view: View, wanted: Wanted) -> Outcome[Publication]:
        stored = await view.source_of_key(wanted.write_key)
        if stored is None:
            return Missing(view.as_of, frozenset({key_tag(wanted.write_key), ALL}))
        source: Source = stored.document
        destinations = await view.destinations(source.id)
        found = await view.definitions([destination.definition for destination in destinations])
        definitions: Mapping[str, Definition] = {slug: definition.document for slug, definition in found.items()}
        manifest = build(source, destinations, definitions)
        if not await _assets_readable(view, manifest):
            log.error("read failed", reason="asset-missing", source=source.name)
            return Unavailable("asset-missing")
        tags = {source_tag(source.id), key_tag(wanted.write_key), workspace_tag(source.workspace), ALL}
        tags |= {definition_tag(destination.definition) for destination in destinations}
        revision = stored.revision
        body = self._document(manifest, wanted)
        if wanted.kind == "loader":
            client = await view.client(CLIENT)
            code = await view.asset(client.document.hash) if client is not None else None
            if client is None or code is None:
                return Unavailable("client-missing")
            body = loader_bundle(code.body, wanted.write_key, self._origin.public_url, body)
            tags.add(LOADER)
            revision = max(revision, client.revision)
        return Found(Publication(wanted.kind, revision, encode(body)), view.as_of, frozenset(tags))

    def _document(self, manifest: Manifest, wanted: Wanted) -> bytes:
        if wanted.kind == "integrations":
            return to_json(integrations_document(manifest))
        return to_json(settings_document(manifest, wanted.write_key, self._origin))


async def _assets_readable(view: View, manifest: Manifest) -> bool:
    """Whether every file that the manifest names is in the store with the integrity that the manifest states."""
    if not manifest.plugins:
        return True
    stored = await view.integrities([plugin.bundle.hash for plugin in manifest.plugins])
    return all(stored.get(plugin.bundle.hash) == plugin.bundle.integrity for plugin in manifest.plugins)
