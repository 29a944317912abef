"""What one node says of itself at one moment, as it travels between processes: ``/stats`` of its listener."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any

import orjson

from edge.model.measures import GAUGE, Histogram, Tally
from edge.model.stats import Stats
from edge.observe.measures import Measure, measures_of

NAME_LENGTH = 8
"""Characters of a node's id that are shown: enough to tell a fleet's nodes apart."""


class SnapshotError(ValueError):
    """The bytes are no snapshot: something else answers at a node's address, or a build too far away."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What is read at the moment of asking, beside what was counted until then."""

    fenced: Annotated[int, GAUGE]
    """1 while this node's lease is lost, so that it calls nothing fresh; else 0."""
    position: Annotated[int, GAUGE]
    """The journal position up to which this node has applied everything."""
    lag_positions: Annotated[int, GAUGE]
    """Positions between this node and the journal's head, as far as it has heard of it."""
    proof_age_seconds: Annotated[float, GAUGE]
    """Since this node was last proven to be at the head; -1 before the first time."""
    memory_bytes: Annotated[int, GAUGE]
    """Bytes of documents in memory, what is counted for keeping them included."""
    memory_documents: Annotated[int, GAUGE]
    """Documents in memory."""
    audit_findings: Annotated[Tally, GAUGE] = field(default_factory=lambda: Tally("kind"))
    """What the auditor reports at the moment, by kind; the auditing node alone has any."""


MEASURES: tuple[Measure, ...] = (*measures_of(Stats), *measures_of(Readings))
"""Every measure of a node, in the order in which they are declared."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which node it is; ``build`` is its version."""

    node: str
    host: str
    role: str
    build: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``values``: by a measure's name a number, or rows of a Tally (``[labels, number]``) or of a Histogram
    (``[labels, bounds, counts, total]``). ``audit``: the auditor's report, where this node is it."""

    identity: Identity
    values: Mapping[str, Any]
    audit: Mapping[str, Any] | None = None

    def to_json(self) -> bytes:
        identity = self.identity
        return orjson.dumps(
            {
                "node": identity.node,
                "host": identity.host,
                "role": identity.role,
                "build": identity.build,
                "values": self.values,
                "audit": self.audit,
            }
        )


Taking = Callable[[], Snapshot]


def read_snapshot(body: bytes) -> Snapshot:
    """Raises SnapshotError for anything but what ``to_json`` made."""
    try:
        found = orjson.loads(body)
        identity = Identity(str(found["node"]), str(found["host"]), str(found["role"]), str(found["build"]))
        values, audit = found["values"], found["audit"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise SnapshotError("no snapshot") from error
    if not isinstance(values, dict) or not isinstance(audit, dict | None):
        raise SnapshotError("no snapshot")
    return Snapshot(identity, values, audit)


def values_of(*tables: Stats | Readings) -> dict[str, Any]:
    """The values of all measures of these dataclasses, as a snapshot has them."""
    return {one.name: _value(getattr(table, one.name)) for table in tables for one in fields(table)}


def _value(value: Any) -> Any:
    match value:
        case Tally():
            return [[list(labels), number] for labels, number in sorted(value.numbers.items())]
        case Histogram():
            return [[list(labels), list(value.bounds), one.counts, one.total] for labels, one in sorted(value)]
        case _:
            return value
