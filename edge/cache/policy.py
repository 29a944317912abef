"""The decision over a cached entry: pure functions of the entry, the floors, the proof and the time.

                                passes its floors
                    ┌──────────────┴──────────────┐
                   yes                            no, or no entry
         lease held │ fenced                       │
              Serve │ Fill                         │ Fill
                                                   │
a Fill whose read fails:   within the on-error limit and above every revoke floor ──► stale     else ──► refuse
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from edge.cache.floors import Floors
from edge.journal.lease import Proof
from edge.model.instant import Instant
from edge.model.outcome import Found, Known

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Held(Generic[T]):
    """An entry of the cache. ``confirmed_at``: the last proof, as observed, at which it passed its floors.

    ``generation`` is the floors' at the start of its read. ``checked`` is the floors' version at which it last passed
    them: until that moves, there is nothing to check again. ``read_at``: the boot clock at the start of its read.
    """

    known: Known[T]
    confirmed_at: Instant
    generation: int
    checked: int = -1
    read_at: float = 0.0


class Verdict(Enum):
    SERVE = "serve"
    FILL = "fill"


def decide(held: Held[Any] | None, floors: Floors, proof: Proof, now: Instant, lease: float) -> Verdict:
    """Whether ``held`` may be called fresh at ``now``."""
    if held is None or not passes(held, floors) or proof.fenced(now, lease):
        return Verdict.FILL
    return Verdict.SERVE


def passes(held: Held[Any], floors: Floors) -> bool:
    if held.checked == floors.version:
        return True
    if not floors.passes(held.known.as_of, held.known.tags, held.generation):
        return False
    held.checked = floors.version
    return True


def confirm(held: Held[Any], floors: Floors, proven_at: Instant | None) -> None:
    """Move confirmed-at on to a proof; never back, and never for an entry below a floor (I8)."""
    if proven_at is not None and proven_at.boot > held.confirmed_at.boot and passes(held, floors):
        held.confirmed_at = proven_at


def may_serve_stale(held: Held[Any] | None, floors: Floors, now: Instant, limit: float) -> bool:
    """The on-error rule. ``limit`` in seconds from confirmed-at; at exactly the limit it is over (I7).

    Only a found document: "there is no such key" is not worth insisting on when the store cannot be asked.
    """
    if held is None or not isinstance(held.known, Found):
        return False
    if floors.revoked(held.known.as_of, held.known.tags, held.generation):
        return False
    return now.elapsed_since(held.confirmed_at) < limit
