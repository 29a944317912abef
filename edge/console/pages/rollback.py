"""Rolling a source back: first what it would do, then doing it, held to what was shown."""

from starlette.responses import Response

from edge.console.call import Call
from edge.console.forms import WHOLE, filled
from edge.console.page import Page, Row
from edge.console.pages.history import SHORT, position_of
from edge.console.pages.source import AT, READ, WRITE
from edge.manage import rollback
from edge.manage.problem import ProblemError

MEANWHILE = "Nothing was rolled back: something of this source was changed since. Below is what it would do now."


async def show(call: Call) -> Response:
    return await _shown(call)


async def change(call: Call) -> Response:
    slug, position = call.path["source"], position_of(call.path["position"])
    basis = call.form.text("basis")
    try:
        done = await rollback.roll_back(
            call.deps.manage,
            call.principal,
            call.workspace.slug,
            slug,
            position=position,
            basis=int(basis) if SHORT.match(basis) else 0,
        )
    except ProblemError as problem:
        if problem.kind != "conflict":
            raise
        return await _shown(call, conflict=True)
    name = done.document.display_name
    what = f"{name} is rolled back to position {position}" if done.changed else f"nothing had to change of {name}"
    text = f"In the workspace {call.workspace.display_name}, {what}."
    return await call.changed(done, call.here("sources.history", source=slug), text)


async def _shown(call: Call, *, conflict: bool = False) -> Response:
    """The preview as of now, and a form that is held to it."""
    slug, position = call.path["source"], position_of(call.path["position"])
    found = await rollback.preview(call.deps.manage, call.principal, call.workspace.slug, slug, position)
    form = filled(basis=str(found.basis))
    if conflict:
        form.refuse(WHOLE, MEANWHILE)
    status = 409 if conflict else 200
    return call.render("history/rollback.html", status=status, source=found.source, found=found, form=form)


ROUTES: tuple[Row, ...] = (
    Page("GET", f"{AT}/roll-back/{{position}}", "sources.roll_back", show, READ),
    Page("POST", f"{AT}/roll-back/{{position}}", "sources.roll_back", change, WRITE),
)
