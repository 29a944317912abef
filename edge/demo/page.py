"""The demo's pages and files, read once at start, and the headers that keep them to this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from edge.demo.commands import Command
from edge.demo.content import SITE, WORKSPACE
from edge.model.budget import Budget

FILES = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
PAGE = "page.html"
VISITOR = "visitor.html"


@dataclass(frozen=True, slots=True)
class File:
    content_type: str
    body: bytes


def read_files() -> dict[str, File]:
    """The files that are served as they are, by name; nothing else of the directory can be asked for."""
    return {
        path.name: File(TYPES[path.suffix], path.read_bytes())
        for path in sorted(FILES.iterdir())
        if path.suffix in TYPES and path.name not in (PAGE, VISITOR)
    }


@dataclass(frozen=True, slots=True)
class Pages:
    """``base_url`` is the edge's; ``snippet`` is what ``edgewise snippet`` prints for ``write_key``."""

    write_key: str
    base_url: str
    snippet: str
    budget: Budget
    commands: Sequence[Command]

    def page(self) -> str:
        return _template(PAGE).substitute(
            write_key=escape(self.write_key),
            base_url=escape(self.base_url),
            source=escape(f"{WORKSPACE}/{SITE}"),
            max_age=self.budget.browser_fresh,
            revalidate=self.budget.browser_revalidate,
            commands="\n".join(map(_command, self.commands)),
        )

    def visitor(self, nonce: str) -> str:
        return _template(VISITOR).substitute(
            write_key=escape(self.write_key), edge_origin=escape(self._origin()), nonce=nonce, snippet=self.snippet
        )

    def page_policy(self) -> str:
        """Content-Security-Policy (CSP Level 3) of the demo page: nobody may frame it and steal a click on a switch."""
        return self._policy(script="'self'", ancestors="'none'")

    def visitor_policy(self, nonce: str) -> str:
        """Of the visitor's page: scripts and calls stay with this edge, whatever a vendor's code would like."""
        return self._policy(script=f"'self' {self._origin()} 'nonce-{nonce}'", ancestors="'self'")

    def _policy(self, script: str, ancestors: str) -> str:
        # The snippet names the edge by its public URL, which need not be the address that the page was opened at.
        return (
            f"default-src 'none'; script-src {script}; connect-src 'self' {self._origin()}; style-src 'self'; "
            f"img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
        )

    def _origin(self) -> str:
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"


def _template(name: str) -> Template:
    return Template((FILES / name).read_text(encoding="utf-8"))


def _command(command: Command) -> str:
    return (
        f'<div class="command"><p>{escape(command.purpose)}</p>'
        f'<div><pre tabindex="0">{escape(command.text)}</pre><button type="button" data-copy>Copy</button></div></div>'
    )
