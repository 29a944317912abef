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
    stream_applied: int = 0
    """Journal entries applied before a poll brought them: the stream did, or this process had committed them."""
    stream_held: int = 0
    """Entries that came before their predecessors, or while a journal was loaded, and were held for these."""
    stream_gaps: int = 0
    """Polls made at once because an entry came before its predecessors."""
    stream_reconnects: int = 0
    """Times that following the stream failed, so that it was begun anew after a pause."""
    stream_unreadable: int = 0
    """Things in the stream that are no entries of this release; the polls bring what they stand for."""
    announced: int = 0
    """Entries that this process committed and wrote to the stream."""
    announce_failures: int = 0
    """Entries that could not be written to the stream in time; other nodes learn of them by their polls."""
    shared_hits: int = 0
    """Documents taken from the shared cache instead of the store."""
    shared_misses: int = 0
    """Documents that the shared cache did not have."""
    shared_refused: int = 0
    """Copies in the shared cache that did not count: below a floor, of an unknown position, or damaged."""
    shared_errors: int = 0
    """Calls of the shared cache that failed or took too long; it is left alone for a while after one."""
    warmed: int = 0
    """Reads begun because a change concerned a document in memory, before anybody asked for it."""
    front_refreshed: int = 0
    """Write keys that this node had its host's front fetch anew, and saw shown."""
    front_failures: int = 0
    """Refreshes and emptyings of the front that failed; each is tried again, and its receipt stays pending."""
    front_emptied: int = 0
    """Times that this node emptied the front's cache, since nothing vouched for what was in it."""
    front_takeovers: int = 0
    """Times that this node came to look after its host's front."""
    sink_events: int = 0
    """Events that sources without an API host sent here, to be counted and discarded."""
