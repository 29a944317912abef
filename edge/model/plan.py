"""A tracking plan: which track events a source lets its destinations have."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_EVENT = "__default"
"""Stands for every event that a plan does not name (analytics-next ``lib/is-plan-event-enabled``)."""


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """``integrations``: creation name -> whether that destination gets the event; the others do if it is enabled."""

    enabled: bool
    integrations: Mapping[str, bool] = field(default_factory=dict)


TrackingPlan = Mapping[str, PlannedEvent]
"""Event name -> what becomes of it."""
