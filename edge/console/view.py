"""From values to HTML: the templates, and what all of them know."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from edge.catalog.sources import SOURCE_TYPES
from edge.console.addresses import HOME, filled_path
from edge.console.csrf import FIELD, HEADER
from edge.console.files import Files
from edge.console.filter_form import told
from edge.console.flash import find
from edge.console.following import followed_in
from edge.console.navigation import Entry, links
from edge.console.session import PATH
from edge.console.theme import THEMES, theme_of
from edge.console.words import clock_time, size, span

TEMPLATES = Path(__file__).parent / "templates"


class View:
    """``routes`` maps names to paths; ``entries`` are the navigation's. A name that a template misspells
    ends the request: nothing is quietly left out."""

    def __init__(self, routes: Mapping[str, str], entries: Sequence[Entry], files: Files, version: str) -> None:
        self._routes = routes
        self._entries = entries
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"datetime": moment, "iso": iso, "number": number}
        self._environment.filters |= {"clock_time": clock_time, "size": size, "span": span}
        self._environment.globals |= {
            "asset": lambda name: f"{PATH}/static/{files.name(name)}",
            "url": self.url,
            "exists": self._routes.__contains__,
            "themes": THEMES,
            "csrf_field": FIELD,
            "csrf_header": HEADER,
            "types": SOURCE_TYPES,
            "told": told,
            "version": version,
        }

    def url(self, name: str, **path: str) -> str:
        return filled_path(self._routes[name], **path)

    def sign_in(self, following: str) -> str:
        """The sign-in form's address, from which one comes back to ``following``."""
        form = self.url("signing.form")
        return form if following == HOME else f"{form}?next={quote(following, safe='/')}"

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """``values`` has ``call``; what the layout needs besides is added here."""
        call = values["call"]
        workspace, principal = values["workspace"], values["principal"]
        return self._environment.get_template(template).render(
            {
                **values,
                "navigation": links(self._entries, call.route, principal) if workspace and principal else [],
                "flash": find(call.request),
                "followed": followed_in(call.request),
                "theme": theme_of(call.request),
                "csrf_token": call.session.csrf,
                "here": self._inside(workspace),
            }
        )

    def _inside(self, workspace: Any) -> Any:
        """``here(name, ...)`` of templates: the address of a route in this page's workspace."""

        def here(name: str, **path: str) -> str:
            return self.url(name, workspace=workspace.slug, **path)

        return here


def moment(seconds: float) -> str:
    """Unix seconds for people, in UTC: ``2026-11-26 14:05:09 UTC``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def iso(seconds: float) -> str:
    """Unix seconds for ``<time datetime>``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def number(count: int) -> str:
    """With thin spaces between thousands."""
    return f"{count:,}".replace(",", "\u2009")
