"""Signing in, with a token or a link, and out."""

from starlette.responses import Response

from edge.console.addresses import safe_next
from edge.console.call import Call, Visit
from edge.console.csrf import is_https
from edge.console.flash import Flash
from edge.console.forms import Form
from edge.console.page import Open, Page, Row
from edge.console.session import LONGEST
from edge.manage import sign_in
from edge.manage.problem import ProblemError
from edge.manage.tokens import Bearer

LONGEST_TOKEN = 8192
NOT_VALID = "This token is not valid here: make one with `edgewise token create` on the edge's machine."
BAD_LINK = "This sign-in link is not of this edge, or not whole. Make another with `edgewise console link`."


async def form(visit: Visit) -> Response:
    return visit.render("signing/form.html", following=safe_next(visit.query.get("next", "")))


async def enter(visit: Visit) -> Response:
    """With a token that somebody has. It is looked at once, and not kept."""
    following = safe_next(visit.form.text("next"))
    given = visit.form.required("token", "An access token")
    if visit.form.ok:
        try:
            return _begun(visit, await _bearer(visit, given), following)
        except ProblemError as problem:
            if problem.kind != "unauthenticated":
                raise
            visit.form.refuse("token", NOT_VALID)
    return visit.render("signing/form.html", status=422, following=following)


async def link(visit: Visit) -> Response:
    """Where a sign-in link leads. Its code is behind the ``#``: no server, proxy or log on the way is told it."""
    return visit.render("signing/link.html")


async def follow(visit: Visit) -> Response:
    """Take the code of a link, once."""
    waiting = visit.sessions.linked(visit.form.text("code"))
    if waiting is None:
        visit.form.refuse("code", BAD_LINK)
    else:
        try:
            bearer = await sign_in.take(visit.deps.manage, waiting, seconds=LONGEST)
            return _begun(visit, bearer, safe_next(""))
        except ProblemError as problem:
            if problem.kind != "unauthenticated":
                raise
            visit.form.refuse("code", problem.text[:1].upper() + problem.text[1:] + ".")
    return visit.render("signing/link.html", status=422, form=Form(errors=visit.form.errors))


async def leave(call: Call) -> Response:
    await sign_in.end(call.deps.manage, call.principal)
    response = call.redirect(call.url("signing.form"), Flash("notice", "You are signed out."))
    call.sessions.drop(response)
    return response


async def _bearer(visit: Visit, token: str) -> Bearer:
    refused = ProblemError("unauthenticated", NOT_VALID)
    if len(token) > LONGEST_TOKEN:
        raise refused
    principal = await visit.deps.authenticate(token)
    bearer = await visit.deps.tokens.bearer(principal.token_id)
    if bearer is None:
        raise refused
    return bearer


def _begun(visit: Visit, bearer: Bearer, following: str) -> Response:
    """A new session, with a new CSRF token: what an earlier one of this browser knew is worth nothing in it."""
    response = visit.redirect(following)
    secure = is_https(visit.request, visit.deps.origin.public_url)
    visit.sessions.keep(response, visit.sessions.new(bearer.principal.token_id, secure=secure))
    return response


ROUTES: tuple[Row, ...] = (
    Open("GET", "/sign-in", "signing.form", form),
    Open("POST", "/sign-in", "signing.form", enter),
    Open("GET", "/link", "signing.link", link),
    Open("POST", "/link", "signing.link", follow),
    Page("POST", "/sign-out", "signing.leave", leave),
)
