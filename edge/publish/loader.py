"""What a source's loader is put together from; each piece is compressed once, for all sources that have it."""

from collections.abc import Mapping, Sequence
from typing import Any

from edge.model.client import KEY_MARK, PREFIX, Client, part_name
from edge.model.source import LoaderConfig
from edge.publish.bundle import END, INLINE, PARTS, inlined, inlined_settings, loader_head, official_head
from edge.publish.manifest import Plugin
from edge.publish.pieces import ClientMissingError, Pieces
from edge.publish.variants import Piece
from edge.publish.wire import Origin, asset_path, to_json

INLINE_BYTES = 30_000
"""Compressed bytes of destinations' code that a loader has in itself where the source does not say. docs/loader.md has
the reasoning: on a slow connection (150 ms a request, 1.6 Mbit/s) they take as long as the request that they save."""
AHEAD_BYTES = 12_000
"""Compressed bytes of separate code that a page asks for beside its loader, the first file in any case. They share the
connection with it: on a slow one they take 60 ms, and spare a request of 150 (docs/loader.md)."""
CHUNKS = "/analytics-next/bundles/"
PLAIN_RULES, RULES = "plainRules", "rules"
"""Parts of our client for destination filters: the second has what few of them need, a third of its bytes."""
RARE = (b'\\"match\\"', b'"path"')
"""What shows that rules need it, as JSON: the operator in a condition, which is JSON in a string, and where the value
is by which events are sampled. What merely looks like one of them costs a page bytes, and no more."""

Settings = Mapping[str, Any]


class Loaders:
    """Composes loaders. All raise as ``pieces``."""

    def __init__(self, pieces: Pieces, origin: Origin) -> None:
        self._pieces = pieces
        self._origin = origin

    async def compose(
        self, client: Client, config: LoaderConfig, plugins: Sequence[Plugin], write_key: str, settings: Settings
    ) -> list[Piece]:
        if config.official:
            return await self._official(client, plugins, write_key, settings)
        names = [_part_file(part, client) for part in parts_of(settings)]
        # A client from before a part knows nothing of what that part is for.
        parts = [await self._pieces.of(client.files[name], ("part",), _line) for name in names if name in client.files]
        code = await self._inlined(config, plugins)
        told = to_json(inlined_settings(settings, {self._url(one): one.slug for one in plugins if one.slug in code}))
        return [
            Piece.of(loader_head(write_key, self._origin.public_url, told) + PARTS),
            *parts,
            *([self._pieces.made(INLINE)] if code else []),
            *code.values(),
            await self._pieces.of(client.hash, ("client",), lambda body: body + END),
        ]

    async def ahead(self, config: LoaderConfig, plugins: Sequence[Plugin]) -> list[Plugin]:
        """Those whose code a page of our client may ask for beside its loader: it is not in it, waits for no consent,
        and all of it is no more than AHEAD_BYTES. The official client asks ahead by itself. Raises as ``compose``."""
        if config.official:
            return []
        inside = bool(await self._inlined(config, plugins))
        found: list[Plugin] = []
        sizes: dict[str, int] = {}
        for one in plugins:
            if one.consent or (inside and may_be_inlined(one)):
                continue
            sizes[one.bundle.hash] = len((await self._plugin(one)).deflated)
            if found and sum(sizes.values()) > AHEAD_BYTES:
                break
            found.append(one)
        return found

    async def _inlined(self, config: LoaderConfig, plugins: Sequence[Plugin]) -> dict[str, Piece]:
        """Destinations' code that is in the loader, by slug."""
        if config.bundle == "separate":
            return {}
        found = {one.slug: await self._plugin(one) for one in plugins if may_be_inlined(one)}
        if config.bundle is None and sum(len(piece.deflated) for piece in found.values()) > INLINE_BYTES:
            return {}
        return found

    def _url(self, plugin: Plugin) -> str:
        return self._origin.public_url + asset_path(plugin.slug, plugin.bundle.hash)

    async def _plugin(self, plugin: Plugin) -> Piece:
        slug, library = plugin.slug, plugin.bundle.library_name
        return await self._pieces.of(plugin.bundle.hash, (slug, library), lambda body: inlined(body, slug, library))

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


def may_be_inlined(plugin: Plugin) -> bool:
    """Not what nobody here has built: code that is no JavaScript would break the loader. Not what needs the visitor's
    consent: it is no page's to load before."""
    return not plugin.added and not plugin.consent


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
