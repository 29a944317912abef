"""Counters, each with what it counts. Never labelled by key: a key's traffic is its owner's business.

A field and the text below it are all that a counter needs: ``/metrics`` and docs/metrics.md follow from them. A plain
number only grows; ``GAUGE`` marks one that also falls, and ``Part`` one of several that are one metric together.
"""

from dataclasses import dataclass, field
from typing import Annotated

from edge.model.measures import GAUGE, Histogram, Part, Tally

PROPAGATION_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
DOCUMENT_BYTES = tuple(256.0 * 2**power for power in range(13))


@dataclass(slots=True)
class Stats:
    """One per process; packages count on it, ``status`` and metrics read it."""

    hits: Annotated[int, Part("hits", "tier", "memory")] = 0
    """Answers from memory that were proven fresh."""
    store_hits: Annotated[int, Part("hits", "tier", "store")] = 0
    """Documents read from the store; by an edge node, through a control node."""
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
    journal_head: Annotated[int, GAUGE] = 0
    """The journal's head, as far as this node has heard of it."""
    applied: int = 0
    """Journal entries applied."""
    propagation_seconds: Histogram = field(default_factory=lambda: Histogram(PROPAGATION_SECONDS))
    """From a change's commit, by the writer's clock, until this node had applied it."""
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
    shared_hits: Annotated[int, Part("hits", "tier", "shared")] = 0
    """Documents taken from the shared cache instead of the store."""
    shared_misses: int = 0
    """Documents that the shared cache did not have."""
    shared_refused: int = 0
    """Copies in the shared cache that did not count: below a floor, of an unknown position, or damaged."""
    shared_errors: int = 0
    """Calls of the shared cache that failed or took too long; it is left alone for a while after one."""
    warmed: int = 0
    """Reads begun because a change concerned a document in memory, before anybody asked for it."""
    polished: int = 0
    """Loaders in memory that were compressed anew, at leisure, to fewer bytes."""
    front_refreshed: int = 0
    """Write keys that this node had its host's front fetch anew, and saw shown."""
    front_failures: int = 0
    """Refreshes and emptyings of the front that failed; each is tried again, and its receipt stays pending."""
    front_emptied: int = 0
    """Times that this node emptied the front's cache, since nothing vouched for what was in it."""
    front_takeovers: int = 0
    """Times that this node came to look after its host's front."""
    document_bytes: Histogram = field(default_factory=lambda: Histogram(DOCUMENT_BYTES, "kind"))
    """Sizes of documents as they were read from the store, not encoded."""
    purges: Tally = field(default_factory=lambda: Tally("verb", "result"))
    """Purges that admins asked for, by what the auditor saw of them: `live`, or `late` if not in time."""
    audit_rounds: int = 0
    """Rounds in which this node, as the fleet's auditor, compared nodes' answers with the store."""
    audit_failures: int = 0
    """Rounds of the auditor that found out nothing, because the store could not be read."""
    audit_requests: int = 0
    """Documents that the auditor asked nodes for; they count as requests there."""
    origin_failures: int = 0
    """Calls of control nodes that came to nothing at every address."""
    copies_written: int = 0
    """Copies of documents and files written to this host's disk."""
    copies_restored: Annotated[int, Part("hits", "tier", "disk")] = 0
    """Copies of documents read from the disk because nothing else could be; each is served as stale only."""
    copies_refused: int = 0
    """Copies on the disk that were damaged, purged or revoked, and were removed instead of being served."""
    copies_skipped: int = 0
    """Copies not written because too many waited for the disk already."""
    copies_failed: int = 0
    """Times that the disk refused a copy or what is kept beside it, for lack of space or of permission."""
    sink_events: int = 0
    """Events that sources without an API host sent here, to be counted and discarded."""
