"""The pieces that documents with code in them are put together from; each is compressed once, for all sources."""

from collections.abc import Callable

from cachetools import LRUCache

from edge.publish.asset_source import AssetSource
from edge.publish.variants import Piece

REMEMBERED = 32 * 1024 * 1024
"""Bytes of pieces that are remembered."""

Make = Callable[[bytes], bytes]


class ClientMissingError(LookupError):
    """The store does not have code that a document is made of."""


class Pieces:
    """``source`` is where code is read from, by its content, so that it may be of any moment."""

    def __init__(self, source: AssetSource) -> None:
        self._source = source
        self._pieces: LRUCache[tuple[str, ...], Piece] = LRUCache(REMEMBERED, getsizeof=Piece.size)

    async def of(self, content_hash: str, purpose: tuple[str, ...], make: Make) -> Piece:
        """What ``make`` makes of a file; remembered under its hash and ``purpose``. Raises ClientMissingError, and what
        ``source`` raises."""
        piece = self._pieces.get((content_hash, *purpose))
        if piece is None:
            asset = await self._source.asset(content_hash)
            if asset is None:
                raise ClientMissingError(content_hash)
            piece = self._pieces[content_hash, *purpose] = Piece.of(make(asset.body))
        return piece

    def made(self, plain: bytes) -> Piece:
        """One that is in every such document."""
        piece = self._pieces.get(("", plain.decode()))
        if piece is None:
            piece = self._pieces["", plain.decode()] = Piece.of(plain)
        return piece
