"""What a source's loader is made of: checked against what this edge has, and the official client's version pinned."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args

from edge.manage.problem import invalid
from edge.model.client import OFFICIAL, OWN
from edge.model.source import Bundling, ClientName, LoaderConfig, Source

CLIENTS: tuple[ClientName, ...] = get_args(ClientName)
BUNDLINGS: tuple[Bundling, ...] = get_args(Bundling)

T = TypeVar("T", bound=str)


@dataclass(frozen=True, slots=True)
class LoaderPatch:
    """What a change may set; ``None`` leaves a field alone. Empty, ``client`` is our own, ``version`` the newest there
    is, and ``bundle`` the edge's choice."""

    client: str | None = None
    version: str | None = None
    bundle: str | None = None

    def is_empty(self) -> bool:
        return self == LoaderPatch()


def patched_loader(source: Source, patch: LoaderPatch, versions: Sequence[str]) -> LoaderConfig:
    """``source``'s loader with the patch applied; refuses what is not allowed. ``versions`` are those of the official
    client in this store, the newest first."""
    if patch.is_empty():
        return source.loader
    config = source.loader
    client = config.client if patch.client is None else _one_of("client", patch.client or OWN, CLIENTS)
    bundle = config.bundle if patch.bundle is None else None
    if patch.bundle:
        bundle = _one_of("bundle", patch.bundle, BUNDLINGS, "; or empty, and the edge chooses")
    if source.platform != "web" and (client != OWN or bundle is not None):
        name = "client" if client != OWN else "bundle"
        raise invalid(f"{name}: {source.slug} is a {source.platform} source, which no page loads; leave it empty")
    return LoaderConfig(client, _version(config, client, patch.version, versions), bundle)


def _version(config: LoaderConfig, client: ClientName, asked: str | None, versions: Sequence[str]) -> str | None:
    if client == OWN:
        if asked:
            raise invalid(f"client_version: {OWN} has none to choose from, it is the edge's own; leave it empty")
        return None
    if asked is None and config.official:
        return config.version
    if not versions:
        raise invalid(f"client: this edge has no version of {OFFICIAL}: start a release that ships one")
    version = asked or versions[0]
    if version not in versions:
        raise invalid(
            f"client_version: {version[:40]!r} of {OFFICIAL} is not on this edge; allowed: {', '.join(versions)}"
        )
    return version


def _one_of(field: str, given: str, allowed: Sequence[T], besides: str = "") -> T:
    found = next((one for one in allowed if one == given), None)
    if found is None:
        raise invalid(f"{field}: {given[:40]!r} is not one of {', '.join(allowed)}{besides}")
    return found
