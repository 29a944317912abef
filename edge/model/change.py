"""A change and its journal entry."""

from dataclasses import dataclass
from typing import Any, Literal

Verb = Literal["change", "invalidate", "revoke"]
"""``change`` and ``invalidate`` raise floors; ``revoke`` raises floors that even the on-error rule obeys."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal: audited always, purging what its tags name.

    ``previous_id`` chains entries, so that a reader notices when the journal it follows was replaced by another one.
    ``keys`` are all write keys touched, retired ones too. ``diff`` maps a field's path to its masked before and after.
    """

    position: int
    id: str
    previous_id: str
    verb: Verb
    tags: tuple[str, ...]
    keys: tuple[str, ...]
    resources: tuple[str, ...]
    actor: str
    reason: str
    at: float
    diff: dict[str, Any]
