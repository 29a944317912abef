"""How changes arrive: the fleet, the last changes, and the last hour in numbers."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from edge.console.call import Call
from edge.console.charts import HEIGHT, WIDTH, layered, stacked
from edge.console.navigation import Entry
from edge.console.page import Page, Row
from edge.manage import changes
from edge.manage.propagation import OwnHour, hour, may_see_hour, own_hour, recent
from edge.observe.hour import Hour, summed
from edge.observe.minutes import MINUTE, TIERS, Minute
from edge.observe.problems import problems

TIER_ORDER = ("memory", "shared", "store", "disk")
"""From the quickest up; tiers that are not known here come after them."""


async def show(call: Call) -> Response:
    found = await _now(call)
    whole = await hour(call.principal, call.deps.fleet) if may_see_hour(call.principal) else None
    own = await own_hour(call.deps.manage, call.principal, call.deps.receipts) if whole is None else OwnHour((), False)
    minutes = whole.minutes if whole is not None else _by_minute(own, found["now"])
    return call.render("propagation/show.html", **found, **_charts(minutes, whole), cut=own.cut)


async def now(call: Call) -> Response:
    """The fleet and the last changes alone, which the page asks for by itself."""
    return call.render("propagation/now.html", **await _now(call))


async def _now(call: Call) -> dict[str, Any]:
    standing = await changes.status(call.principal, call.deps.fleet)
    return {
        "standing": standing,
        "problems": problems(standing),
        "recent": await recent(call.deps.manage, call.principal, call.deps.receipts),
        "now": call.deps.manage.clock().wall,
    }


def _charts(minutes: Sequence[Minute], whole: Hour | None) -> dict[str, Any]:
    tiers = sorted(TIERS, key=lambda tier: (TIER_ORDER.index(tier) if tier in TIER_ORDER else len(TIER_ORDER), tier))
    arrived = sum(minute.arrived for minute in minutes)
    hits = {tier: sum(minute.hits.get(tier, 0) for minute in minutes) for tier in tiers}
    return {
        "hour": whole,
        "minutes": minutes,
        "first": minutes[0].at * MINUTE,
        "last": (minutes[-1].at + 1) * MINUTE,
        "seconds_in": MINUTE,
        "width": WIDTH,
        "height": HEIGHT,
        "times": layered([[("slowest", one.slowest), ("mean", one.mean)] for one in minutes]),
        "arrived": arrived,
        "mean": sum(minute.total for minute in minutes) / arrived if arrived else 0.0,
        "slowest": max(minute.slowest for minute in minutes),
        "answers": stacked([[(tier, one.hits.get(tier, 0)) for tier in tiers] for one in minutes]),
        "tiers": tiers,
        "hits": hits,
    }


def _by_minute(own: OwnHour, at: float) -> tuple[Minute, ...]:
    return summed((Minute(int(one.at) // MINUTE, {}, 1, one.seconds, one.seconds) for one in own.timed), at)


ROUTES: tuple[Row, ...] = (
    Page("GET", "/w/{workspace}/propagation", "propagation.show", show, ("workspace:read",)),
    Page("GET", "/w/{workspace}/propagation/now", "propagation.now", now, ("workspace:read",), background=True),
)
ENTRY = Entry("Propagation", "propagation.show", 40, "propagation.")
