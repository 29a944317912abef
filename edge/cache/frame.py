"""A file that tells whether it is whole: what it says of itself, and what it holds, under one digest.

magic, 4 bytes  SHA-256 of all that follows  length of the head, 4 bytes  head, JSON  body
"""

import hashlib
from typing import Any

import orjson

_MAGIC, _DIGEST, _LENGTH = 4, 32, 4
_REST = _MAGIC + _DIGEST


class DamagedError(ValueError):
    """The bytes are no such file: torn, altered, or of another version."""


def frame(magic: bytes, head: dict[str, Any], body: bytes) -> bytes:
    packed = orjson.dumps(head)
    rest = b"".join([len(packed).to_bytes(_LENGTH, "big"), packed, body])
    return b"".join([magic, hashlib.sha256(rest).digest(), rest])


def unframe(magic: bytes, data: bytes) -> tuple[dict[str, Any], bytes]:
    """Head and body. Raises DamagedError for anything but what ``frame`` made with this ``magic``."""
    rest = data[_REST:]
    if data[:_MAGIC] != magic or data[_MAGIC:_REST] != hashlib.sha256(rest).digest():
        raise DamagedError
    end = _LENGTH + int.from_bytes(rest[:_LENGTH], "big")
    head: dict[str, Any] = orjson.loads(rest[_LENGTH:end])
    return head, rest[end:]
