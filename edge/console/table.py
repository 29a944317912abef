"""Every page of the console. A new noun is one line here."""

from edge.console.navigation import Entry
from edge.console.page import Row
from edge.console.pages import debugger, live, overview, propagation, purge, signing, sources, themes, workspaces

ROUTES: tuple[Row, ...] = (
    *signing.ROUTES,
    *themes.ROUTES,
    *workspaces.ROUTES,
    *overview.ROUTES,
    *sources.ROUTES,
    *live.ROUTES,
    *propagation.ROUTES,
    *purge.ROUTES,
    *debugger.ROUTES,
)

NAVIGATION: tuple[Entry, ...] = (
    overview.ENTRY,
    sources.ENTRY,
    propagation.ENTRY,
    purge.ENTRY,
    debugger.ENTRY,
)
