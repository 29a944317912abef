"""Choosing light or dark."""

from starlette.responses import Response

from edge.console.addresses import path_in
from edge.console.call import Visit
from edge.console.page import Open, Row
from edge.console.theme import THEMES, choose


async def change(visit: Visit) -> Response:
    theme = visit.form.choice("theme", THEMES) or THEMES[0]
    response = visit.redirect(path_in(visit.request.headers.get("referer", "")))
    choose(response, theme, secure=visit.session.secure)
    return response


ROUTES: tuple[Row, ...] = (Open("POST", "/theme", "themes.change", change),)
