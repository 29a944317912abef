"""The strip after a change: where it is live. It asks again by itself until there is nothing left to wait for."""

from starlette.responses import Response

from edge.console.call import Call
from edge.console.page import Page, Row
from edge.manage import changes
from edge.manage.problem import not_found


async def strip(call: Call) -> Response:
    position = call.path["position"]
    if not (position.isascii() and position.isdigit()) or len(position) > 15:
        raise not_found(f"changes/{position}")
    receipt = await changes.receipt(call.deps.manage, call.principal, call.deps.receipts, int(position))
    return call.render("live/strip.html", receipt=receipt)


ROUTES: tuple[Row, ...] = (
    Page(
        "GET",
        "/w/{workspace}/live/{position}",
        "live.strip",
        strip,
        ("workspace:read", "cache:purge"),
        background=True,
    ),
)
