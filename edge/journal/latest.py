"""The latest changes, each with the documents that it is about: a short stream beside the journal's.

    committed ──► documents read anew ──► latest: entry and documents ──► the journal's stream: the entry
                                              └──► a node applies the entry, and has its documents: it asks nobody

Told the entry alone, every node of a fleet would ask for the same documents at the same moment. Here they come with
it, for whoever listens right now; who comes later finds the entry in the journal's stream, or by its poll, and the
documents where copies are (``edge.cache.shared``). What comes this way counts no more than a copy does.
"""

from collections.abc import Mapping
from typing import Any

from edge.journal.wire import dump_entry
from edge.model.change import Entry

FIELD = b"entry"
"""Of an entry in either stream: the field that has the journal's entry. Others are documents' copies by their keys."""
LATEST = 8
"""Changes that are kept: a node that is further behind asks for the documents."""
LATEST_SECONDS = 60
"""After so long without a change nothing is kept."""
ENCLOSED_BYTES = 512 * 1024
"""Bytes of documents with one entry at most. More of them are many sources', few of which any one node is asked for."""

Enclosed = Mapping[str, bytes]
"""Copies of documents by their keys, as ``edge.cache.shared`` names and packs them."""

NOTHING: Enclosed = {}


def latest_name(epoch: str) -> str:
    return f"edgewise:latest:{epoch}"


def fields_of(entry: Entry, enclosed: Enclosed = NOTHING) -> dict[Any, Any]:
    """An entry of either stream, as redis-py takes it."""
    return {FIELD: dump_entry(entry), **{key.encode(): parcel for key, parcel in enclosed.items()}}


def enclosed_in(fields: Mapping[bytes, bytes]) -> Enclosed:
    """The documents among the fields of an entry of the stream."""
    return {key.decode("utf-8", "replace"): parcel for key, parcel in fields.items() if key != FIELD}
