"""Immutable files, named by their content."""

import base64
import hashlib
from dataclasses import dataclass

HASH_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Asset:
    """``body`` under the first 32 hex digits of its SHA-256; ``integrity`` is its SRI value."""

    hash: str
    integrity: str
    content_type: str
    body: bytes


def content_hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:HASH_DIGITS]


def integrity_of(body: bytes) -> str:
    """Subresource Integrity (W3C SRI section 3.2) of ``body``, with SHA-384."""
    return "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()
