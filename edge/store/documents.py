"""Documents as rows: the table of kinds, and the codec between values and bodies."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson
from pydantic import TypeAdapter

from edge.model.client import Client
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.source import Source, Workspace
from edge.model.token import AccessToken
from edge.store.keyring import Keyring

Document = Workspace | Source | Destination | Definition | AccessToken | Client


@dataclass(frozen=True, slots=True)
class Kind:
    """How one type of document is filed: its id, its unique resource name, the parent it is listed under, and what it
    refers to, by which it can be found too."""

    kind: str
    type: type[Any]
    id: Callable[[Any], str]
    name: Callable[[Any], str]
    parent: Callable[[Any], str]
    link: Callable[[Any], str] = lambda _: ""


KINDS: tuple[Kind, ...] = (
    Kind("workspace", Workspace, lambda w: w.id, lambda w: w.name, lambda _: ""),
    Kind("source", Source, lambda s: s.id, lambda s: s.name, lambda s: f"workspaces/{s.workspace}"),
    Kind("destination", Destination, lambda d: d.id, lambda d: d.name, lambda d: d.source_id, lambda d: d.definition),
    Kind("definition", Definition, lambda d: d.slug, lambda d: f"catalog/destinations/{d.slug}", lambda _: ""),
    Kind("token", AccessToken, lambda t: t.id, lambda t: t.name, lambda t: t.workspace),
    Kind("client", Client, lambda c: c.slug, lambda c: f"clients/{c.slug}", lambda _: ""),
)

_BY_TYPE = {kind.type: kind for kind in KINDS}
_BY_KIND = {kind.kind: kind for kind in KINDS}
_ADAPTERS: dict[str, TypeAdapter[Any]] = {kind.kind: TypeAdapter(kind.type) for kind in KINDS}


def kind_of(document: Document) -> Kind:
    return _BY_TYPE[type(document)]


def kind_named(kind: str) -> Kind:
    return _BY_KIND[kind]


def same_json(one: Any, other: Any) -> bool:
    """Whether both are the same JSON. Not ``==``, for which 1, 1.0 and True are the same."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Codec:
    """Between documents and their stored bodies; a destination's settings are sealed on the way in."""

    keyring: Keyring

    def encode(self, document: Document) -> bytes:
        body = asdict(document)
        if isinstance(document, Destination):
            body["settings"] = self.keyring.seal(orjson.dumps(body["settings"]))
        return orjson.dumps(body)

    def decode(self, kind: str, body: bytes) -> Any:
        """The document in ``body``. Raises SecretUnreadableError when its settings cannot be opened."""
        fields = orjson.loads(body)
        if kind == "destination":
            settings = orjson.loads(self.keyring.open(fields.pop("settings")))
            return replace(_ADAPTERS[kind].validate_python(fields), settings=settings)
        return _ADAPTERS[kind].validate_python(fields)
