"""What a poll of the journal means, and what an entry that came before its poll: pure decisions.

             chain unbroken, reaches the head            chain unbroken, more to come
cursor  ───────────────────────────────► proven    ───────────────────────────────► advance, poll again
   │
   ├── other epoch │ head behind cursor │ other id at the cursor │ a gap ──► resync: everything on the node is stale
   │
   │  offered: by the stream, or by a commit of this process; proves nothing, whatever comes of it
   ├── successor of the cursor ──► applied early, and after it what was held and follows
   ├── at or behind the cursor ──► known: ignored
   ├── beyond the successor, or while a journal is being loaded ──► held, and polled for at once
   └── other epoch │ other id at the cursor │ other predecessor ──► polled for at once: the store judges
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

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


class Early(Enum):
    """What an offered entry is to a node."""

    NEXT = "next"
    KNOWN = "known"
    AHEAD = "ahead"
    STRANGE = "strange"


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


def reconcile(advance: Advance, cursor: AsOf, early: Mapping[int, str]) -> Advance | Resync:
    """What of a poll's verdict is left to do for the cursor as it stands now.

    ``early``: the ids, by position, of entries that were applied while the poll was under way. What would go wrong:

        poll sent at 7 ── 8 and 9 are offered and applied ── the poll answers "up to 8"

    It is not the head that is behind, nor may the cursor turn back; and it proves what it always does: whatever was in
    the journal when it was sent is applied. Had the poll another entry 8, then what was applied is not the journal's.
    """
    for entry in advance.entries:
        if early.get(entry.position, entry.id) != entry.id:
            return Resync("offer-replaced")
    left = tuple(entry for entry in advance.entries if entry.position > cursor.position)
    return Advance(left, advance.cursor if left else cursor, advance.proven)


def meet(cursor: AsOf | None, epoch: str, entry: Entry) -> Early:
    """What ``entry``, offered as one of ``epoch``, is to a node at ``cursor``; ``None`` while a journal is loaded."""
    if cursor is None:
        return Early.AHEAD
    if epoch != cursor.epoch:
        return Early.STRANGE
    if entry.position < cursor.position:
        return Early.KNOWN
    if entry.position == cursor.position:
        return Early.KNOWN if entry.id == cursor.entry_id else Early.STRANGE
    if entry.position > cursor.position + 1:
        return Early.AHEAD
    return Early.NEXT if entry.previous_id == cursor.entry_id else Early.STRANGE
