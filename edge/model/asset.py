"""Immutable files, named by their content."""

import base64
import hashlib
import re
from dataclasses import dataclass

HASH_DIGITS = 32
# \Z, not $: nothing ends with a newline here.
HASH = re.compile(rf"[0-9a-f]{{{HASH_DIGITS}}}\Z")
CHUNK = re.compile(r"[A-Za-z0-9_-]{1,64}\.bundle\.[0-9a-f]{8,64}\.js\Z")
"""How the official client names its chunks. The name has a hash of its maker's in it, so it means one content, too."""


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
