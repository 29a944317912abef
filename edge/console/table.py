"""Every page of the console. A new noun is one line here."""

from edge.console.navigation import Entry
from edge.console.page import Row
from edge.console.pages import (
    catalog,
    connecting,
    destination,
    filters,
    live,
    overview,
    signing,
    sources,
    themes,
    workspaces,
)

ROUTES: tuple[Row, ...] = (
    *signing.ROUTES,
    *themes.ROUTES,
    *workspaces.ROUTES,
    *overview.ROUTES,
    *catalog.ROUTES,
    *connecting.ROUTES,
    *sources.ROUTES,
    *destination.ROUTES,
    *filters.ROUTES,
    *live.ROUTES,
)

NAVIGATION: tuple[Entry, ...] = (
    overview.ENTRY,
    catalog.ENTRY,
    sources.ENTRY,
)
