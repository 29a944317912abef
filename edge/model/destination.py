"""A destination: one definition connected to one source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.model.definition import ConnectionMode


@dataclass(frozen=True, slots=True)
class Destination:
    """``slug`` is unique in its source: the definition's, unless the source has several of that definition."""

    id: str
    source_id: str
    source_name: str
    slug: str
    definition: str
    display_name: str
    enabled: bool
    mode: ConnectionMode
    created_at: float
    updated_at: float
    settings: Mapping[str, Any] = field(default_factory=dict)
    consent_categories: tuple[str, ...] = ()
    """What a visitor must have consented to, all of it, before this destination may load; none: it needs no consent."""

    @property
    def name(self) -> str:
        return f"{self.source_name}/destinations/{self.slug}"
