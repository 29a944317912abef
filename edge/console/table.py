"""Every page of the console. A new noun is one line here."""

from edge.console.navigation import Entry
from edge.console.page import Row
from edge.console.pages import live, overview, purge, signing, sources, themes, workspaces

ROUTES: tuple[Row, ...] = (
    *signing.ROUTES,
    *themes.ROUTES,
    *workspaces.ROUTES,
    *overview.ROUTES,
    *sources.ROUTES,
    *live.ROUTES,
    *purge.ROUTES,
)

NAVIGATION: tuple[Entry, ...] = (
    overview.ENTRY,
    sources.ENTRY,
    purge.ENTRY,
)
