"""A finished document as bytes, to be kept or sent outside a process: Redis, a disk, an edge node.

    "EWP1"  length of the head, 4 bytes  head, JSON  the variants' bodies, one after the other

What comes back is checked: every body against its ETag, which is its digest. Nothing in a parcel was not published.
"""

from typing import Any, get_args

import orjson

from edge.model.outcome import Found, Known, Missing
from edge.model.position import AsOf
from edge.publish.publication import KINDS, Kind, Publication
from edge.publish.variants import ENCODINGS, Encoding, Variant, etag_of

MAGIC = b"EWP1"
_LENGTH = 4


class ParcelError(ValueError):
    """The bytes are no parcel of this build's format, or were damaged on the way."""


def pack(known: Known[Publication]) -> bytes:
    head: dict[str, Any] = {
        "as_of": [known.as_of.epoch, known.as_of.position, known.as_of.entry_id],
        "tags": sorted(known.tags),
    }
    bodies: list[bytes] = []
    if isinstance(known, Found):
        publication = known.value
        bodies = [variant.body for variant in publication.variants.values()]
        head |= {
            "kind": publication.kind,
            "revision": publication.revision,
            "variants": [[one.encoding, one.etag, len(one.body)] for one in publication.variants.values()],
        }
        replaced = {one.encoding: one.replaces for one in publication.variants.values() if one.replaces is not None}
        if replaced:
            # Beside the variants: builds that do not know it pass over it.
            head["replaced"] = replaced
    packed = orjson.dumps(head)
    return b"".join([MAGIC, len(packed).to_bytes(_LENGTH, "big"), packed, *bodies])


def unpack(parcel: bytes) -> Known[Publication]:
    """Raises ParcelError for anything but what ``pack`` made."""
    start = len(MAGIC) + _LENGTH
    if parcel[: len(MAGIC)] != MAGIC:
        raise ParcelError("no parcel")
    end = start + int.from_bytes(parcel[len(MAGIC) : start], "big")
    try:
        head = orjson.loads(parcel[start:end])
        epoch, position, entry_id = head["as_of"]
        as_of, tags = AsOf(str(epoch), int(position), str(entry_id)), frozenset(map(str, head["tags"]))
        if "kind" not in head:
            return Missing(as_of, tags)
        variants = _variants(head["variants"], head.get("replaced", {}), parcel[end:])
        return Found(Publication(_kind(head["kind"]), int(head["revision"]), variants), as_of, tags)
    except (KeyError, TypeError, ValueError) as error:
        raise ParcelError("damaged parcel") from error


def _variants(described: list[Any], replaced: dict[str, Any], bodies: bytes) -> dict[Encoding, Variant]:
    variants: dict[Encoding, Variant] = {}
    at = 0
    for encoding, etag, length in described:
        body = bodies[at : at + length]
        at += length
        if encoding not in ENCODINGS or etag_of(body) != etag:
            raise ParcelError("damaged parcel")
        variants[encoding] = Variant(encoding, body, etag, replaced.get(encoding))
    if at != len(bodies) or set(variants) != set(get_args(Encoding)):
        raise ParcelError("damaged parcel")
    return variants


def _kind(text: Any) -> Kind:
    """ValueError for anything else."""
    return KINDS[KINDS.index(text)]
