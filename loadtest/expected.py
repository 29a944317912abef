"""What answers must not fall below: known from receipts that said ``live``.

A change raises the counter of its source, and the floor of its tag; a purge raises the floors of its tags. An answer
whose request was sent after that must have been read at or above every floor of its document (DESIGN section 4.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from edge.model.tags import ALL, LOADER, definition_tag, key_tag, source_tag, workspace_tag
from loadtest.documents import Kind
from loadtest.sources import LoadSource


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that a document may show. ``live_at`` is Unix time: when the last of it was said to be live."""

    counter: int = 0
    position: int = 0
    live_at: float = 0.0


@dataclass(slots=True)
class Expected:
    """One for a process; ``raise_*`` only ever raises, so that news may come late, twice and in any order."""

    _counters: dict[str, Floor] = field(default_factory=dict)
    _tags: dict[str, Floor] = field(default_factory=dict)

    def raise_counter(self, source: LoadSource, floor: Floor) -> None:
        """``source`` shows at least ``floor.counter``, read at or above ``floor.position``."""
        if floor.counter > self._counters.get(source.id, Floor()).counter:
            self._counters[source.id] = floor
        self.raise_tags([source_tag(source.id)], floor)

    def raise_tags(self, tags: Iterable[str], floor: Floor) -> None:
        for tag in tags:
            if floor.position > self._tags.get(tag, Floor()).position:
                self._tags[tag] = floor

    def floor(self, source: LoadSource, kind: Kind) -> Floor:
        """As known at this moment; to be asked for before a request is sent."""
        counter = self._counters.get(source.id, Floor())
        raised = max((self._tags.get(tag, Floor()) for tag in tags_of(source, kind)), key=lambda floor: floor.position)
        return Floor(counter.counter, raised.position, max(counter.live_at, raised.live_at))


def tags_of(source: LoadSource, kind: Kind) -> list[str]:
    """Every tag under which a document of ``source`` can be purged."""
    tags = [ALL, source_tag(source.id), key_tag(source.key), workspace_tag(source.workspace)]
    tags += [definition_tag(slug) for slug in source.definitions]
    return [*tags, LOADER] if kind in ("loader", "manifest") else tags
