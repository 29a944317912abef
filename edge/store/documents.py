"""Documents as rows: the table of kinds, and the codec between values and bodies."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import orjson
from cachetools import LRUCache
from pydantic import TypeAdapter

from edge.model.client import OWN, Client
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.source import Source, Workspace
from edge.model.token import AccessToken
from edge.store.keyring import Keyring, SecretUnreadableError
from edge.store.lost import LostSettings

SHARED_BY_MANY = ("definition", "client")
"""Kinds of which there are few, and each is part of very many manifests: decoded once and remembered."""
REMEMBERED = 512

Document = Workspace | Source | Destination | Filter | Definition | AccessToken | Client


@dataclass(frozen=True, slots=True)
class Kind:
    """How one type of document is filed: its id, its unique resource name, the parent it is listed under, and what it
    uses: a destination its definition, a definition or client the hash of its file, a source the client of its loader,
    unless that is our own."""

    kind: str
    type: type[Any]
    id: Callable[[Any], str]
    name: Callable[[Any], str]
    parent: Callable[[Any], str] = lambda _: ""
    uses: Callable[[Any], str] = lambda _: ""


def _file_of(definition: Definition) -> str:
    return definition.bundle.hash if definition.bundle is not None else ""


def _client_of(source: Source) -> str:
    """Empty for our own client, as in the rows of processes that know of no other."""
    return source.loader.slug if source.loader.slug != OWN else ""


KINDS: tuple[Kind, ...] = (
    Kind("workspace", Workspace, lambda w: w.id, lambda w: w.name),
    Kind("source", Source, lambda s: s.id, lambda s: s.name, lambda s: f"workspaces/{s.workspace}", _client_of),
    Kind("destination", Destination, lambda d: d.id, lambda d: d.name, lambda d: d.source_id, lambda d: d.definition),
    Kind("filter", Filter, lambda f: f.id, lambda f: f.name, lambda f: f.destination_id),
    Kind("definition", Definition, lambda d: d.slug, lambda d: f"catalog/destinations/{d.slug}", uses=_file_of),
    Kind("token", AccessToken, lambda t: t.id, lambda t: t.name, lambda t: t.workspace),
    Kind("client", Client, lambda c: c.slug, lambda c: f"clients/{c.slug}", uses=lambda c: c.hash),
)

_BY_TYPE = {kind.type: kind for kind in KINDS}
_BY_KIND = {kind.kind: kind for kind in KINDS}
_ADAPTERS: dict[str, TypeAdapter[Any]] = {kind.kind: TypeAdapter(kind.type) for kind in KINDS}


def kind_of(document: Document) -> Kind:
    return _BY_TYPE[type(document)]


def kind_named(kind: str) -> Kind:
    return _BY_KIND[kind]


def same_json(one: Any, other: Any) -> bool:
    """Whether both are the same JSON, a document as its fields. Not ``==``, for which 1, 1.0 and True are the same."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)


def is_lost(document: object) -> bool:
    """Whether it is a destination whose settings cannot be opened."""
    return isinstance(document, Destination) and isinstance(document.settings, LostSettings)


@dataclass(frozen=True, slots=True)
class Codec:
    """Between documents and their stored bodies; a destination's settings are sealed on the way in."""

    keyring: Keyring
    _decoded: LRUCache[tuple[str, bytes], Any] = field(
        default_factory=lambda: LRUCache(REMEMBERED), repr=False, compare=False
    )
    """By the very body that was decoded: whatever the store, its epoch or its history, it cannot be another one's."""

    def encode(self, document: Document) -> bytes:
        body = asdict(document)
        if isinstance(document, Destination):
            body["settings"] = self._sealed(document.settings)
        return orjson.dumps(body)

    def decode(self, kind: str, body: bytes) -> Any:
        """The document in ``body``; one whose settings cannot be opened has LostSettings. Raises ValueError for what
        is no document of this kind."""
        if kind not in SHARED_BY_MANY:
            return self._decode(kind, orjson.loads(body))
        found = self._decoded.get((kind, body))
        if found is None:
            found = self._decoded[kind, body] = self._decode(kind, orjson.loads(body))
        return found

    def _decode(self, kind: str, fields: dict[str, Any]) -> Any:
        if kind != "destination":
            return _ADAPTERS[kind].validate_python(fields)
        settings = self._opened(fields.pop("settings"))
        return replace(_ADAPTERS[kind].validate_python(fields), settings=settings)

    def _sealed(self, settings: Mapping[str, Any]) -> str:
        return settings.sealed if isinstance(settings, LostSettings) else self.keyring.seal(orjson.dumps(settings))

    def _opened(self, sealed: str) -> Mapping[str, Any]:
        try:
            settings: dict[str, Any] = orjson.loads(self.keyring.open(sealed))
        except SecretUnreadableError:
            return LostSettings(sealed)
        return settings
