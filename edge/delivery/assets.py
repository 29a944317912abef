"""Immutable files: destinations' code and what clients fetch, by content; the official client's chunks, by name."""

import asyncio

import structlog
from cachetools import LRUCache
from starlette.types import Receive, Scope, Send

from edge.cache.flight import Flights
from edge.delivery.documents import error_reply
from edge.delivery.headers import ALWAYS, HeaderWriter
from edge.delivery.http import Reply, header_list, request_header
from edge.delivery.negotiate import choose_encoding, matches
from edge.model.asset import Asset, content_hash
from edge.publish.asset_source import AssetSource
from edge.publish.variants import ASSET_BROTLI, Variants, encode
from edge.store.failures import STORE_FAILURES

UNKNOWN_ASSET = "there is no such file: reload the manifest or the loader, which name the files that there are"
UNAVAILABLE = "this file cannot be read at the moment: try again in a few seconds"

log = structlog.get_logger()


class AssetFile:
    """A file from the store, encoded once."""

    def __init__(self, asset: Asset, variants: Variants) -> None:
        self.asset = asset
        self.variants = variants

    def size(self) -> int:
        return sum(len(variant.body) for variant in self.variants.values())


class AssetUnreadableError(OSError):
    """The file cannot be had at the moment, or there are other bytes than the hash says."""


class Assets:
    """Answers GET and HEAD for content-addressed files. What a hash names never changes, so nothing is invalidated."""

    def __init__(self, source: AssetSource, headers: HeaderWriter, max_bytes: int, timeout: float) -> None:
        self._source = source
        self._headers = headers
        self._timeout = timeout
        self._files: LRUCache[str, AssetFile] = LRUCache(max_bytes, getsizeof=AssetFile.size)
        self._flights: Flights[str, AssetFile | None] = Flights(self._load)

    async def answer(self, content_id: str, scope: Scope, _receive: Receive, send: Send) -> None:
        head = scope["method"] == "HEAD"
        try:
            file = await self._file(content_id)
        except AssetUnreadableError:
            await error_reply(self._headers, 503, UNAVAILABLE, [("Retry-After", "1")]).send(send, head=head)
            return
        reply = self._missing() if file is None else self._found(file, scope)
        await reply.send(send, head=head)

    async def body(self, content_id: str) -> bytes | None:
        """The bytes as this edge would serve them; ``None`` when it would not (I22)."""
        try:
            asset = await self.asset(content_id)
        except AssetUnreadableError:
            return None
        return asset.body if asset is not None else None

    async def asset(self, content_id: str) -> Asset | None:
        """The file as this edge would serve it; ``None`` when there is none. Raises AssetUnreadableError."""
        file = await self._file(content_id)
        return file.asset if file is not None else None

    async def close(self) -> None:
        await self._flights.close()

    async def _file(self, content_id: str) -> AssetFile | None:
        return self._files.get(content_id) or await self._flights.join(content_id)[0].result()

    async def _load(self, content_id: str) -> AssetFile | None:
        try:
            async with asyncio.timeout(self._timeout):
                asset = await self._source.asset(content_id)
        except STORE_FAILURES as error:
            raise AssetUnreadableError from error
        if asset is None:
            return None
        if content_hash(asset.body) != asset.hash:
            log.error("asset differs from its hash", hash=asset.hash)
            raise AssetUnreadableError
        # Brotli at 11 takes tens of milliseconds for a bundle: not on the event loop.
        variants = await asyncio.to_thread(encode, asset.body, ASSET_BROTLI)
        file = AssetFile(asset, variants)
        if file.size() <= self._files.maxsize:
            self._files[content_id] = file
        return file

    def _found(self, file: AssetFile, scope: Scope) -> Reply:
        variant = file.variants[choose_encoding(request_header(scope, b"accept-encoding"))]
        pairs = [*self._headers.asset(), ("ETag", variant.etag), *ALWAYS]
        if matches(request_header(scope, b"if-none-match"), variant.etag):
            return Reply(304, header_list(pairs), b"")
        pairs += [("Content-Type", file.asset.content_type), ("Content-Length", str(len(variant.body)))]
        if variant.encoding != "identity":
            pairs.append(("Content-Encoding", variant.encoding))
        return Reply(200, header_list(pairs), variant.body)

    def _missing(self) -> Reply:
        return error_reply(self._headers, 404, UNKNOWN_ASSET)
