"""Counters, each with what it counts. Never labelled by key: a key's traffic is its owner's business."""

from dataclasses import dataclass


@dataclass(slots=True)
class Stats:
    """One per process; packages count on it, ``status`` and metrics read it."""

    hits: int = 0
    """Answers from memory that were proven fresh."""
    fills: int = 0
    """Reads of the store begun for a document."""
    joined: int = 0
    """Callers that waited for a read which another caller had begun."""
    overtaken: int = 0
    """Reads that a purge overtook while they ran, so that they were not kept."""
    stale_served: int = 0
    """Answers of last known good because the store could not be read."""
    refused: int = 0
    """Requests answered 503: nothing known, or what is known was revoked or is too old."""
    polls: int = 0
    """Polls of the journal that were answered."""
    poll_failures: int = 0
    """Polls of the journal that failed; the node is fenced when they last longer than the lease."""
    applied: int = 0
    """Journal entries applied."""
    resyncs: int = 0
    """Times that the journal turned out to be another one, or longer than remembered: everything became stale."""
    heartbeat_failures: int = 0
    """Heartbeats that could not be written; each leaves the lease where it was."""
    origin_failures: int = 0
    """Calls of control nodes that came to nothing at every address."""
    copies_written: int = 0
    """Copies of documents and files written to this host's disk."""
    copies_restored: int = 0
    """Copies of documents read from the disk because nothing else could be; each is served as stale only."""
    copies_refused: int = 0
    """Copies on the disk that were damaged, purged or revoked, and were removed instead of being served."""
    copies_skipped: int = 0
    """Copies not written because too many waited for the disk already."""
    copies_failed: int = 0
    """Times that the disk refused a copy or what is kept beside it, for lack of space or of permission."""
    sink_events: int = 0
    """Events that sources without an API host sent here, to be counted and discarded."""
