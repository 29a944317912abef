"""What a source's loader is put together from; each piece is compressed once, for all sources that have it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.model.client import KEY_MARK, PREFIX, Client, part_name
from edge.model.source import LoaderConfig
from edge.publish.bundle import (
    END,
    FITTED,
    INLINE,
    NO_HALF,
    PARTS,
    code_head,
    inlined_settings,
    loader_head,
    manifest_half,
    official_head,
)
from edge.publish.division import Code, code_of_half, code_of_whole
from edge.publish.manifest import Plugin
from edge.publish.pieces import ClientMissingError, Pieces
from edge.publish.variants import Piece
from edge.publish.wire import Origin, asset_path, to_json

CHUNKS = "/analytics-next/bundles/"
DIGEST = 8
"""Hexadecimal digits by which halves know that they are of one time: one pair in 4,000 million would be mistaken."""
PLAIN_RULES, RULES = "plainRules", "rules"
"""Parts of our client for destination filters: the second has what few of them need, a third of its bytes."""
RARE = (b'\\"match\\"', b'"path"')
"""What shows that rules need it, as JSON: the operator in a condition, which is JSON in a string, and where the value
is by which events are sampled. What merely looks like one of them costs a page bytes, and no more."""

Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Halves:
    """Of a loader: what differs from source to source, and the rest."""

    manifest: Sequence[Piece]
    code: Sequence[Piece]


class Loaders:
    """Composes loaders. All raise as ``pieces``."""

    def __init__(self, pieces: Pieces, origin: Origin) -> None:
        self._pieces = pieces
        self._origin = origin

    async def compose(
        self, client: Client, config: LoaderConfig, plugins: Sequence[Plugin], write_key: str, settings: Settings
    ) -> list[Piece]:
        """In one file."""
        if config.official:
            return await self._official(client, plugins, write_key, settings)
        code = await code_of_whole(self._pieces, config, plugins)
        head = loader_head(write_key, self._origin.public_url, self._told(settings, plugins, code))
        return [Piece.of(head), *await self._code(client, settings, code), self._pieces.made(END)]

    async def halves(
        self, client: Client, config: LoaderConfig, plugins: Sequence[Plugin], write_key: str, settings: Settings
    ) -> Halves:
        """In two, for pages with our snippet."""
        if config.official:
            none = [self._pieces.made(NO_HALF)]
            return Halves(none, none)
        inside = await code_of_half(self._pieces, config, plugins)
        code = await self._code(client, settings, inside)
        digest = hashlib.sha256(b"".join(piece.plain for piece in code)).hexdigest()[:DIGEST]
        told = self._told(settings, plugins, inside)
        half = manifest_half(write_key, self._origin.public_url, told, digest)
        return Halves([Piece.of(half)], [Piece.of(code_head(digest)), *code, self._pieces.made(FITTED)])

    async def _code(self, client: Client, settings: Settings, inside: Code) -> list[Piece]:
        """The client with the parts that these settings call for, and destinations' code."""
        names = [_part_file(part, client) for part in parts_of(settings)]
        return [
            self._pieces.made(PARTS),
            # A client from before a part knows nothing of what that part is for.
            *[await self._pieces.of(client.files[name], ("part",), _line) for name in names if name in client.files],
            *([self._pieces.made(INLINE)] if inside else []),
            *inside.values(),
            await self._pieces.of(client.hash, ("client",), bytes),
        ]

    def _told(self, settings: Settings, plugins: Sequence[Plugin], inside: Code) -> bytes:
        slugs = {self._url(one): one.slug for one in plugins if one.slug in inside}
        return to_json(inlined_settings(settings, self._origin.public_url, slugs))

    def _url(self, plugin: Plugin) -> str:
        return self._origin.public_url + asset_path(plugin.slug, plugin.bundle.hash)

    async def _official(
        self, client: Client, plugins: Sequence[Plugin], write_key: str, settings: Settings
    ) -> list[Piece]:
        url = self._origin.public_url
        # What needs the visitor's consent is not asked for ahead of it either.
        named = [one for one in plugins if not one.consent]
        addresses = [[self._url(one), one.creation_name, one.name] for one in named]
        foreseen = {**chunks_of(client, settings), "plugins": addresses}
        if PREFIX not in client.files:
            raise ClientMissingError(PREFIX)
        return [
            Piece.of(official_head(write_key, url, foreseen)),
            await self._pieces.of(client.files[PREFIX], ("prefix",), lambda body: body + END),
            await self._pieces.of(client.hash, ("before",), lambda body: body.partition(KEY_MARK)[0]),
            Piece.of(write_key.encode()),
            await self._pieces.of(client.hash, ("after",), lambda body: body.partition(KEY_MARK)[2]),
        ]


def _line(body: bytes) -> bytes:
    return body + b"\n"


def _part_file(part: str, client: Client) -> str:
    """The name of its file; a client from before plain rules has one for all."""
    name = part_name(part)
    return part_name(RULES) if part == PLAIN_RULES and name not in client.files else name


def parts_of(settings: Settings) -> tuple[str, ...]:
    """The parts of our client that these settings call for."""
    rules = to_json(settings["middlewareSettings"]["routingRules"]) if _rules(settings) else b""
    rare = any(mark in rules for mark in RARE)
    calls_for = {
        PLAIN_RULES: rules and not rare,
        RULES: rare,
        "plan": settings.get("plan"),
        "consent": "consentSettings" in settings,
    }
    return tuple(part for part, needed in calls_for.items() if needed)


def chunks_of(client: Client, settings: Settings) -> dict[str, Any]:
    """Paths of what the official client will ask for on its way to the first event (analytics-next
    ``browser/index.ts``): ``chunks`` for any page, ``query`` where the page's address has calls in it."""
    listed = len(settings["integrations"]) > 1
    needed = {
        "tsub-middleware": _rules(settings),
        "ajs-destination": listed,
        "legacyVideos": settings.get("legacyVideoPluginsEnabled"),
        # It takes the plan over together with the listed destinations, or not at all.
        "schemaFilter": listed and (settings.get("plan") or {}).get("track"),
        "remoteMiddleware": any((settings.get("enabledMiddleware") or {}).values()),
    }
    names = {name.partition(".")[0]: name for name in client.files}
    return {
        "chunks": [CHUNKS + names[chunk] for chunk, asked in needed.items() if asked and chunk in names],
        "query": CHUNKS + names["queryString"] if "queryString" in names else "",
    }


def _rules(settings: Settings) -> bool:
    return bool((settings.get("middlewareSettings") or {}).get("routingRules"))
