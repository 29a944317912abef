"""Reading one public document: store, then manifest, then dialect, then encoded variants."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import structlog

from edge.model.outcome import Found, Missing, Outcome, Unavailable
from edge.model.source import LoaderConfig
from edge.model.tags import ALL, LOADER, definition_tag, key_tag, source_tag, workspace_tag
from edge.publish.loader import Loaders
from edge.publish.manifest import Manifest, build
from edge.publish.pieces import ClientMissingError, Pieces
from edge.publish.variants import Piece, Variants, encode, encode_pieces, polished
from edge.publish.wire import Origin, integrations_document, settings_document, to_json
from edge.store.failures import STORE_FAILURES
from edge.store.keyring import SecretUnreadableError
from edge.store.material import Material
from edge.store.store import Store

Kind = Literal["settings", "loader", "integrations", "manifest", "code"]
KINDS: tuple[Kind, ...] = ("settings", "loader", "integrations", "manifest", "code")
COMMON: tuple[Kind, ...] = ("settings", "loader", "integrations")
"""Those that clients of any source ask for. The halves of its loader only pages of some sources do."""
PATHS: Mapping[Kind, str] = {
    "settings": "/v1/projects/{key}/settings",
    "loader": "/analytics.js/v1/{key}/analytics.min.js",
    "integrations": "/v1/projects/{key}/integrations",
    "manifest": "/analytics.js/v1/{key}/manifest.js",
    "code": "/analytics.js/v1/{key}/code.js",
}
"""The public path of each."""
Script = Literal["loader", "manifest", "code"]
SCRIPTS: tuple[Script, ...] = ("loader", "manifest", "code")

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

    def rough(self) -> bool:
        """Whether its brotli can be made shorter at leisure: a script's, for which every first visit waits."""
        return self.kind in SCRIPTS and self.variants["br"].replaces is None

    def polished(self) -> "Publication":
        """The same document, no longer ``rough``; tens of milliseconds of work."""
        return replace(self, variants=polished(self.variants))

    def polished_as(self, earlier: "Publication") -> "Publication":
        """This document with the work that was done for ``earlier``, where the two have the same bytes."""
        if not self.rough() or earlier.rough() or earlier.variants["identity"] != self.variants["identity"]:
            return self
        shorter = replace(earlier.variants["br"], replaces=self.variants["br"].etag)
        return replace(self, variants={**self.variants, "br": shorter})


class Publisher:
    """Given to the cache as its ``read``. ``timeout`` in seconds bounds a read; a slower one is Unavailable."""

    def __init__(self, store: Store, origin: Origin, timeout: float) -> None:
        self._store = store
        self._origin = origin
        self._timeout = timeout
        self._pieces = Pieces(store)
        self._loaders = Loaders(self._pieces, origin)

    async def read(self, wanted: Wanted) -> Outcome[Publication]:
        """Never raises: what goes wrong is ``Unavailable`` with a short reason, and is logged here."""
        return (await self.read_together(wanted.write_key, (wanted.kind,)))[wanted.kind]

    async def read_together(self, write_key: str, kinds: Sequence[Kind] = KINDS) -> dict[Kind, Outcome[Publication]]:
        """Several documents of one key from one read of the store; each as ``read`` answers it."""
        try:
            async with asyncio.timeout(self._timeout):
                material = await self._store.material(write_key)
                return await self._publish(material, write_key, kinds)
        except SecretUnreadableError:
            reason = "secret-unreadable"
        except TimeoutError:
            reason = "store-timeout"
        except STORE_FAILURES:
            reason = "store-unavailable"
        except ValueError:
            # A document that a newer release wrote, beside which this process still runs, or a damaged one.
            reason = "document-unreadable"
        log.warning("read failed", reason=reason, documents=kinds)
        return dict.fromkeys(kinds, Unavailable(reason))

    async def _publish(
        self, material: Material, write_key: str, kinds: Sequence[Kind]
    ) -> dict[Kind, Outcome[Publication]]:
        source = material.source
        if source is None:
            missing = Missing(material.as_of, frozenset({key_tag(write_key), ALL}))
            return dict.fromkeys(kinds, missing)
        manifest = build(source, material.destinations, material.definitions, material.filters)
        if not _files_are_there(material, manifest):
            log.error("read failed", reason="asset-missing", source=source.name)
            return dict.fromkeys(kinds, Unavailable("asset-missing"))
        tags = {source_tag(source.id), key_tag(write_key), workspace_tag(source.workspace), ALL}
        tags |= {definition_tag(destination.definition) for destination in material.destinations}
        made: dict[Kind, Outcome[Publication]] = {}
        for kind in kinds:
            variants = await self._variants(kind, material, source.loader, manifest, write_key)
            if variants is None:
                made[kind] = Unavailable("client-missing")
                continue
            # Only a loader has code of a client in it, or its half the digest of it.
            coded = kind in SCRIPTS
            revision = max(material.revision, material.client_revision) if coded else material.revision
            carried = frozenset({*tags, LOADER} if coded else tags)
            made[kind] = Found(Publication(kind, revision, variants), material.as_of, carried)
        return made

    async def _variants(
        self, kind: Kind, material: Material, config: LoaderConfig, manifest: Manifest, write_key: str
    ) -> Variants | None:
        """``None`` for a script of which the store lacks a part."""
        match kind:
            case "integrations":
                return encode(to_json(integrations_document(manifest)))
            case "settings":
                return encode(to_json(settings_document(manifest, write_key, self._origin)))
            case "loader" | "manifest" | "code":
                try:
                    return encode_pieces(await self._script(kind, material, config, manifest, write_key))
                except ClientMissingError:
                    return None

    async def _script(
        self, kind: Script, material: Material, config: LoaderConfig, manifest: Manifest, write_key: str
    ) -> Sequence[Piece]:
        client = material.client
        if client is None or client.hash not in material.integrities:
            raise ClientMissingError
        settings = settings_document(manifest, write_key, self._origin)
        made_of = client, config, manifest.plugins, write_key, settings
        if kind == "loader":
            return await self._loaders.compose(*made_of)
        halves = await self._loaders.halves(*made_of)
        return halves.manifest if kind == "manifest" else halves.code


def _files_are_there(material: Material, manifest: Manifest) -> bool:
    """Whether every file that the manifest names is in the store with the integrity that the manifest states."""
    stored = material.integrities
    return all(stored.get(plugin.bundle.hash) == plugin.bundle.integrity for plugin in manifest.plugins)
