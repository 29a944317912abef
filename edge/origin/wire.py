"""What origin calls look like: the names in them, and how values travel.

Times travel with the sender's clock beside them (``now``), and the receiver moves them to its own: the roster has one
clock, the control node's, whatever the clocks of edge nodes say.
"""

from dataclasses import fields, replace
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from edge.journal.wire import entry_from_json, entry_to_json
from edge.model.position import AsOf
from edge.store.journal_reader import Batch
from edge.store.roster import AckRow, DiskRow, HostRow, NodeRow

PREFIX = "/origin"
MARK = "edge-origin"
"""On every answer of an origin, so that another server's 404 is not taken for "there is no such file"."""
BUILD = "edge-build"
"""On every answer too: the digest of all that published bytes depend on besides the store."""
FRESHNESS = "edge-freshness"
AGE = "edge-age"
"""Seconds since a document was last known to be current, on the control node's clock."""

JSON = "application/json"
PARCEL = "application/octet-stream"

R = TypeVar("R", NodeRow, HostRow, DiskRow, AckRow)


class WireError(ValueError):
    """What came is not what an origin of this release sends."""


def dump_batch(batch: Batch) -> bytes:
    return orjson.dumps({"head": batch.head, "entries": [entry_to_json(entry) for entry in batch.entries]})


def load_batch(data: bytes) -> Batch:
    """Raises WireError, or EntryError, which is a ValueError too."""
    document = loaded(data)
    try:
        head = _AS_OF.validate_python(document["head"])
        return Batch(head, tuple(entry_from_json(entry) for entry in document["entries"]))
    except (KeyError, TypeError, ValidationError) as error:
        raise WireError("no journal") from error


def loaded(data: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise WireError("no JSON") from error
    if not isinstance(document, dict):
        raise WireError("no JSON object")
    return document


def moved(row: R, seconds: float) -> R:
    """``row`` on a clock that is ``seconds`` ahead of the one that it was written by."""
    times = {one.name: getattr(row, one.name) for one in fields(row) if one.name.endswith("_at")}
    return replace(row, **{name: time + seconds for name, time in times.items() if time is not None})


_AS_OF = TypeAdapter(AsOf)
