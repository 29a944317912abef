"""What a poll of the journal means: a pure decision.

             chain unbroken, reaches the head            chain unbroken, more to come
cursor  ───────────────────────────────► proven    ───────────────────────────────► advance, poll again
   │
   └── other epoch │ head behind cursor │ other id at the cursor │ a gap ──► resync: everything on the node is stale
"""

from dataclasses import dataclass

from edge.model.change import Entry
from edge.model.position import AsOf
from edge.store.journal_reader import Batch


@dataclass(frozen=True, slots=True)
class Advance:
    """Apply ``entries`` in order; then the cursor is ``cursor``, and ``proven`` says whether that was the head."""

    entries: tuple[Entry, ...]
    cursor: AsOf
    proven: bool


@dataclass(frozen=True, slots=True)
class Resync:
    """The journal is not the one followed so far, or has forgotten entries that were never seen here."""

    reason: str


def judge(cursor: AsOf, batch: Batch) -> Advance | Resync:
    """Compare a poll's answer with the cursor as it stood when the poll was sent."""
    head = batch.head
    if head.epoch != cursor.epoch:
        return Resync("epoch")
    if head.position < cursor.position:
        return Resync("head-behind-cursor")
    entries = batch.entries
    if cursor.position > 0:
        if not entries or entries[0].position != cursor.position or entries[0].id != cursor.entry_id:
            return Resync("cursor-replaced")
        entries = entries[1:]
    position, entry_id = cursor.position, cursor.entry_id
    for entry in entries:
        if entry.position != position + 1 or entry.previous_id != entry_id:
            return Resync("gap")
        position, entry_id = entry.position, entry.id
    return Advance(entries, AsOf(head.epoch, position, entry_id), proven=position >= head.position)
