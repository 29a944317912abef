"""Light or dark: what the system says, unless somebody chose; kept in a cookie, so that no page flashes."""

from starlette.requests import Request
from starlette.responses import Response

from edge.console.session import PATH

COOKIE = "edgewise_theme"
YEAR = 365 * 86_400
THEMES = ("system", "light", "dark")


def theme_of(request: Request) -> str:
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]


def choose(response: Response, theme: str, *, secure: bool) -> None:
    response.set_cookie(COOKIE, theme, YEAR, path=PATH, httponly=True, samesite="lax", secure=secure)
