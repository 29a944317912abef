"""What a journal entry asks of a front: write keys at once, and tags to be expanded to write keys.

| the entry                                                  | at once                | page by page        |
|------------------------------------------------------------|------------------------|---------------------|
| a change of sources                                        | its write keys         |                     |
| a purge of ``key:``                                        | those keys             |                     |
| ``definition:``, ``workspace:``, ``loader``, ``all`` in it | its write keys         | all of its tags     |
| ``source:`` in it, but no write keys                       |                        | all of its tags     |
| more than AT_ONCE write keys                               |                        | all of its tags     |
| no tags                                                    |                        |                     |
"""

from dataclasses import dataclass

from edge.model.change import Entry
from edge.model.source import WRITE_KEY
from edge.model.tags import ALL, LOADER

AT_ONCE = 64
"""Write keys of one entry that do not have to wait for each other, nor anything else for them."""
KEY = "key:"
BROAD = ("definition:", "workspace:", LOADER, ALL)


@dataclass(frozen=True, slots=True)
class Errand:
    """Of the entry at ``position``: ``keys`` at once, ``tags`` page by page."""

    position: int
    keys: tuple[str, ...]
    tags: tuple[str, ...]


def errand_of(entry: Entry) -> Errand | None:
    """``None`` for an entry without tags: nothing is shown but what was shown before."""
    if not entry.tags:
        return None
    named = {*entry.keys, *(tag.removeprefix(KEY) for tag in entry.tags if tag.startswith(KEY))}
    # A tag may be spelled like no write key that there can be; no path leads to such a document.
    keys = tuple(sorted(key for key in named if WRITE_KEY.match(key)))
    broad = any(tag.startswith(BROAD) for tag in entry.tags)
    unlisted = not entry.keys and any(tag.startswith("source:") for tag in entry.tags)
    if len(keys) > AT_ONCE:
        return Errand(entry.position, (), entry.tags)
    return Errand(entry.position, keys, entry.tags if broad or unlisted else ())
