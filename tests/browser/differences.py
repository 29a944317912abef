"""The differences between our client and the official one that are meant: one table (docs/differences.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """Steps of ``scripts/steps.js`` (all, where none is named) in which values may differ below these paths.

    With ``pair`` only from the official client's first value to our second, ``...`` for nothing.
    """

    paths: tuple[str, ...]
    steps: tuple[str, ...] = ()
    pair: tuple[Any, Any] | None = None

    def allows(self, step: str, path: str, theirs: Any, ours: Any) -> bool:
        if self.pair is not None and (theirs, ours) != self.pair:
            return False
        return (not self.steps or step in self.steps) and path.startswith(self.paths)


NAMELESS = ("track()", "track(number)", "track('')")

DIFFERENCES: Mapping[str, Difference] = {
    "What is not known is not stored": Difference(("identity.localStorage.ajs_",), pair=("null", ...)),
    "A call that cannot be delivered rejects no promise": Difference(
        ("outcome",), (*NAMELESS, "trackLink(no link)", "track(context that is text)")
    ),
    "Options and context of the wrong type are left out": Difference(
        ("device", "payloads", "heard"), ("track(name, properties, text)", "track(context that is text)")
    ),
    "An alias without an id keeps its integrations": Difference(
        ("device[0].event.integrations", "payloads[0].integrations"), ("alias()",)
    ),
    "An event that a plugin refuses is not tried again": Difference(
        ("outcome", "heard"), ("register(before that cancels)",)
    ),
    "Two networks' click ids are not kept": Difference(
        ("device", "payloads"), pair=({"id": "ad-1", "type": "dataxu"}, ...)
    ),
}
"""By the heading under which ``docs/differences.md`` gives the reason."""

OF_OPTIONS: Mapping[str, Difference] = {
    "Traits of nobody are none": Difference(
        ("outcome.resolved[1].$undefined",), ("user() reads", "group()"), pair=(True, ...)
    ),
}
"""The same for what only load options show (``test_load_options.py``)."""

DOCUMENTED = (
    "Ids, times and the library's name",
    "Events do not wait for destinations",
    "Middleware has a deadline, and its events wait for it",
    "What middleware gets as payload",
    "Destinations that are missing are named",
    "What a page changes after a call",
    "What `updateCDNSettings` is given",
    "debug() switches on",
    "Methods and options that are not there",
    "Cookies of analytics.js before 2014",
)
"""Differences that no step shows, in the documentation's order."""
