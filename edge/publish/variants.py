"""Encoded variants: encoded once, each with a strong ETag of its own bytes (RFC 9110 section 8.8)."""

import gzip
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import brotli

Encoding = Literal["identity", "gzip", "br"]
ENCODINGS: tuple[Encoding, ...] = ("identity", "gzip", "br")

DOCUMENT_BROTLI = 5
ASSET_BROTLI = 11
_GZIP = 9
LARGEST = 64 * 1024 * 1024
"""Bytes of a decoded document at most: what comes from elsewhere may be made to be longer."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoding of a document; ``body`` is shared by every answer that sends it."""

    encoding: Encoding
    body: bytes
    etag: str


Variants = Mapping[Encoding, Variant]


def encode(body: bytes, brotli_quality: int = DOCUMENT_BROTLI) -> Variants:
    """All encodings of ``body``. gzip's time stamp is zero, so equal bodies are equal on every node."""
    encoded: dict[Encoding, bytes] = {
        "identity": body,
        "gzip": gzip.compress(body, _GZIP, mtime=0),
        "br": brotli.compress(body, quality=brotli_quality),
    }
    return {encoding: Variant(encoding, data, etag_of(data)) for encoding, data in encoded.items()}


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
