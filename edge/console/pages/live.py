"""Where a change is live: the strip that follows it from page to page, asking by itself, and all of its receipt."""

from starlette.responses import HTMLResponse, Response

from edge.console.call import Call
from edge.console.flash import find
from edge.console.following import Followed, dismiss, follow, is_position
from edge.console.page import Page, Row
from edge.console.progress import pause, progress
from edge.journal.receipts import Receipt
from edge.manage import changes
from edge.manage.problem import not_found
from edge.model.token import Scope

SCOPES: tuple[Scope, ...] = ("workspace:read", "cache:purge")
MOST_ASKED = 10_000


async def strip(call: Call) -> Response:
    """``asked``: how often this page asked already; ``said``: the state that it was told last, so that a screen reader
    hears of each state once. The first question is when somebody begins to follow the change."""
    receipt, now = await _receipt(call), call.deps.manage.clock().wall
    asked, said = _asked(call), call.query.get("said", "")
    response = call.render(
        "live/strip.html",
        receipt=receipt,
        progress=progress(receipt),
        pause=pause(asked, receipt),
        asked=asked + 1,
        news=receipt.state not in (said, "pending"),
        waited=now - receipt.committed_at,
    )
    if asked == 0:
        followed = Followed(call.workspace.slug, receipt.position)
        follow(response, followed, now - receipt.committed_at, secure=call.session.secure)
    return response


async def leave(call: Call) -> Response:
    response = HTMLResponse("") if call.is_htmx else call.redirect(call.url("home"))
    dismiss(response)
    return response


async def show(call: Call) -> Response:
    """All of a receipt; the strip of other pages follows a change whose page this is the first to be shown."""
    response, flash = await _shown(call, "live/show.html"), find(call.request)
    if flash is not None and str(flash.position) == call.path["position"]:
        # The flash was left by the change itself, a moment ago.
        follow(response, Followed(call.workspace.slug, flash.position), 0, secure=call.session.secure)
    return response


async def again(call: Call) -> Response:
    """The receipt alone, which its page asks for until there is nothing left to wait for."""
    return await _shown(call, "live/receipt.html")


async def _shown(call: Call, template: str) -> Response:
    receipt, asked, said = await _receipt(call), _asked(call), call.query.get("said")
    entry = await changes.entry(call.deps.manage, call.principal, receipt.position)
    return call.render(
        template,
        receipt=receipt,
        entry=entry,
        whole=changes.wholly_visible(call.principal, entry),
        progress=progress(receipt),
        pause=pause(asked, receipt),
        asked=asked + 1,
        news=said is not None and receipt.state != said,
    )


async def _receipt(call: Call) -> Receipt:
    position = call.path["position"]
    if not is_position(position):
        raise not_found(f"changes/{position}")
    return await changes.receipt(call.deps.manage, call.principal, call.deps.receipts, int(position))


def _asked(call: Call) -> int:
    asked = call.query.get("asked", "0")
    return min(int(asked), MOST_ASKED) if is_position(asked) else 0


ROUTES: tuple[Row, ...] = (
    Page("GET", "/w/{workspace}/live/{position}", "live.strip", strip, SCOPES, background=True),
    Page("POST", "/w/{workspace}/live/dismiss", "live.dismiss", leave, SCOPES),
    Page("GET", "/w/{workspace}/changes/{position}/receipt", "live.show", show, SCOPES),
    Page("GET", "/w/{workspace}/changes/{position}/receipt/now", "live.receipt", again, SCOPES, background=True),
)
