"""A destination filter: which events, or which of their fields, a destination does not get."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FilterActionType = Literal["drop_event", "sample_event", "blacklist_fields", "whitelist_fields"]

ALL = "all"
"""The condition that holds for every event."""


@dataclass(frozen=True, slots=True)
class FilterAction:
    """``fields``: place in the event (``properties``, ``context.page``, ...) -> names there, for the two ``_fields``.

    ``percent`` (0 to 1) is the part of events that ``sample_event`` lets through; with ``path``, of the values there,
    so that all events of one user share one lot.
    """

    type: FilterActionType
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    percent: float | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """``condition`` is a text in Segment's Filter Query Language, or ``ALL``; where it holds, ``actions`` are taken."""

    id: str
    source_id: str
    destination_id: str
    destination_name: str
    title: str
    condition: str
    actions: tuple[FilterAction, ...]
    enabled: bool
    created_at: float
    updated_at: float
    description: str = ""

    @property
    def name(self) -> str:
        return f"{self.destination_name}/filters/{self.id}"
