"""Every page of the console. A new noun is one line here."""

from edge.console.navigation import Entry
from edge.console.page import Row
from edge.console.pages import (
    catalog,
    connecting,
    debugger,
    destination,
    filters,
    history,
    live,
    overview,
    propagation,
    purge,
    rollback,
    signing,
    source,
    source_settings,
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
    *source.ROUTES,
    *source_settings.ROUTES,
    *history.ROUTES,
    *rollback.ROUTES,
    *live.ROUTES,
    *propagation.ROUTES,
    *purge.ROUTES,
    *debugger.ROUTES,
)

NAVIGATION: tuple[Entry, ...] = (
    overview.ENTRY,
    catalog.ENTRY,
    sources.ENTRY,
    history.ENTRY,
    propagation.ENTRY,
    purge.ENTRY,
    debugger.ENTRY,
)
