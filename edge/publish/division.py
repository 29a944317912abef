"""Where the code of a source's destinations is: in its loader, in the loader's second half, or in files of its own."""

from collections.abc import Iterable, Mapping, Sequence

from edge.model.source import LoaderConfig
from edge.publish.bundle import inlined
from edge.publish.manifest import Plugin
from edge.publish.pieces import Pieces
from edge.publish.variants import Piece

INLINE_BYTES = 30_000
"""Compressed bytes of destinations' code that a loader has in itself where the source does not say, and its second half
in any case. docs/loader.md has the reasoning: on a slow connection (150 ms a request, 1.6 Mbit/s) they take as long as
the request that they save."""


Code = Mapping[str, Piece]
"""Destinations' code by slug; the rest of a source's is loaded from its address."""


async def is_apart(pieces: Pieces, config: LoaderConfig, plugins: Sequence[Plugin]) -> bool:
    """Whether our client's loader is to have no code in it, so that pages do better to ask for its halves. Raises as
    ``pieces``."""
    if config.bundle is None:
        return _size((await _code_of(pieces, plugins)).values()) > INLINE_BYTES
    return config.bundle == "separate"


async def code_of_whole(pieces: Pieces, config: LoaderConfig, plugins: Sequence[Plugin]) -> Code:
    """What our client's loader has in it where that is one file. Raises as ``pieces``."""
    return {} if await is_apart(pieces, config, plugins) else await _code_of(pieces, plugins)


async def code_of_half(pieces: Pieces, config: LoaderConfig, plugins: Sequence[Plugin]) -> Code:
    """What is in that half of the loader which has the client: as much as fits. Raises as ``pieces``."""
    code = await _code_of(pieces, plugins)
    if config.bundle == "inline":
        return code
    fitting: dict[str, Piece] = {}
    for slug, piece in code.items():
        if _size([*fitting.values(), piece]) <= INLINE_BYTES:
            fitting[slug] = piece
    return fitting


def may_be_inlined(plugin: Plugin) -> bool:
    """Not what nobody here has built: code that is no JavaScript would break the loader. Not what needs the visitor's
    consent: it is no page's to load before."""
    return not plugin.added and not plugin.consent


async def _code_of(pieces: Pieces, plugins: Sequence[Plugin]) -> dict[str, Piece]:
    return {one.slug: await _piece(pieces, one) for one in plugins if may_be_inlined(one)}


async def _piece(pieces: Pieces, plugin: Plugin) -> Piece:
    slug, library = plugin.slug, plugin.bundle.library_name
    return await pieces.of(plugin.bundle.hash, (slug, library), lambda body: inlined(body, slug, library))


def _size(pieces: Iterable[Piece]) -> int:
    return sum(len(piece.deflated) for piece in pieces)
