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
    sink_events: int = 0
    """Events that sources without an API host sent here, to be counted and discarded."""
