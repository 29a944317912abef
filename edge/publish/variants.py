"""Encoded variants: encoded once, each with a strong ETag of its own bytes (RFC 9110 section 8.8)."""

import gzip
import hashlib
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import brotli

Encoding = Literal["identity", "gzip", "br"]
ENCODINGS: tuple[Encoding, ...] = ("identity", "gzip", "br")

DOCUMENT_BROTLI = 5
ASSET_BROTLI = 11
_GZIP = 9
_GZIP_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255))
"""Deflate, no name, no time, the slowest algorithm, no system in particular: as ``gzip.compress`` writes it."""
_LAST_BLOCK = b"\x03\x00"
"""An empty one, with which a deflate stream ends."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a decoded document at most: what comes from elsewhere may be made to be longer."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoding of a document; ``body`` is shared by every answer that sends it.

    ``replaces``: the ETag of bytes of the very same document in whose place these came (``polished``). Who has those
    lacks nothing.
    """

    encoding: Encoding
    body: bytes
    etag: str
    replaces: str | None = None


Variants = Mapping[Encoding, Variant]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch that many documents have in common, as it is and as a stretch of a deflate stream (RFC 1951).

    It ends with a full flush: the stream goes on at a whole byte, and nothing after it looks back into it.
    """

    plain: bytes
    deflated: bytes

    @classmethod
    def of(cls, plain: bytes) -> "Piece":
        deflater = _deflater()
        return cls(plain, deflater.compress(plain) + deflater.flush(zlib.Z_FULL_FLUSH))

    def size(self) -> int:
        return len(self.plain) + len(self.deflated)


def encode(body: bytes, brotli_quality: int = DOCUMENT_BROTLI) -> Variants:
    """All encodings of ``body``. gzip's time stamp is zero, so equal bodies are equal on every node."""
    return _variants(body, gzip.compress(body, _GZIP, mtime=0), brotli_quality)


def encode_pieces(pieces: Sequence[Piece]) -> Variants:
    """All encodings of the pieces one after the other, of which gzip's costs next to nothing: a loader is mostly code,
    and compressing that is half of what a change of its source takes on a node."""
    plain = b"".join([piece.plain for piece in pieces])
    return _variants(plain, _gzip_of(plain, pieces), DOCUMENT_BROTLI)


def polished(variants: Variants) -> Variants:
    """The same document with its brotli at ASSET_BROTLI, unless that is no shorter: tens of milliseconds of work."""
    rough = variants["br"]
    body = min(rough.body, brotli.compress(variants["identity"].body, quality=ASSET_BROTLI), key=len)
    return {**variants, "br": Variant("br", body, etag_of(body), replaces=rough.etag)}


def _variants(body: bytes, gzipped: bytes, brotli_quality: int) -> Variants:
    encoded: dict[Encoding, bytes] = {
        "identity": body,
        "gzip": gzipped,
        "br": brotli.compress(body, quality=brotli_quality),
    }
    return {encoding: Variant(encoding, data, etag_of(data)) for encoding, data in encoded.items()}


def _gzip_of(plain: bytes, pieces: Sequence[Piece]) -> bytes:
    """One member, as RFC 1952 has it: several are allowed, but decoders in the wild stop after the first."""
    trailer = struct.pack("<LL", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)
    return b"".join([_GZIP_HEADER, *(piece.deflated for piece in pieces), _LAST_BLOCK, trailer])


def _deflater() -> "zlib._Compress":
    return zlib.compressobj(_GZIP, zlib.DEFLATED, -zlib.MAX_WBITS)


def etag_of(data: bytes) -> str:
    """The strong ETag of these bytes, quotes included."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def decoded(data: bytes, encoding: str) -> bytes | None:
    """What ``encode`` was given; ``None`` for damaged data, or for more than a document ever has."""
    try:
        match encoding:
            case "identity":
                return data
            case "gzip":
                inflating = zlib.decompressobj(wbits=31)
                body = inflating.decompress(data, LARGEST)
                return body if inflating.eof else None
            case "br":
                restoring = brotli.Decompressor()
                body = restoring.process(data, output_buffer_limit=LARGEST)
                return body if restoring.is_finished() else None
    except (zlib.error, brotli.error):
        return None
    return None
