"""The site that visitors come to: pages of an origin that is not the edge's, each with one of the clients in it."""

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from tests.browser.admin import Site
from tests.browser.loopback import Received, Recorder

ROOT = Path(__file__).parents[2]
OFFICIAL = ROOT / "loader" / "node_modules" / "@segment" / "analytics-next" / "dist" / "umd"
INSECURE_HOST = "shop.example"
SCRIPTS = Path(__file__).parent / "scripts"
LIBRARY, STANDALONE = OFFICIAL / "index.js", OFFICIAL / "standalone.js"


class Pages:
    """The site's server. ``localhost``, not 127.0.0.1, so that it is another site than the edge's as well."""

    def __init__(self) -> None:
        self.recorder = Recorder(self._answer)
        self.origin = ""
        self.insecure_origin = ""
        self._numbers = itertools.count(1)
        self._pages: dict[str, tuple[str, Mapping[str, str]]] = {}

    def listen(self, port: int) -> None:
        self.origin = f"http://localhost:{port}"
        # Browsers take localhost as secure even without https; this name they do not.
        self.insecure_origin = f"http://{INSECURE_HOST}:{port}"

    def publish(self, *head: str, headers: Mapping[str, str] | None = None, path: str = "") -> str:
        """Put a page on the site, at this path or at one of its own, and give its address."""
        path = path or f"/page-{next(self._numbers)}"
        html = f"<!doctype html><html><head><title>A page</title>{''.join(head)}</head><body>Hello</body></html>"
        self._pages[path] = (html, headers or {})
        return self.origin + path

    def _answer(self, request: Received) -> Response:
        if request.path == "/library.js":
            return Response(LIBRARY.read_bytes(), media_type="text/javascript")
        if request.path.startswith("/scripts/"):
            return Response((SCRIPTS / Path(request.path).name).read_bytes(), media_type="text/javascript")
        if request.path.startswith("/analytics.js/v1/"):
            return Response(STANDALONE.read_bytes(), media_type="text/javascript")
        if request.path not in self._pages:
            return Response("no such page", 404)
        html, headers = self._pages[request.path]
        return Response(html, media_type="text/html", headers={"Cache-Control": "no-store", **headers})


def inline(code: str, nonce: str = "") -> str:
    attribute = f' nonce="{nonce}"' if nonce else ""
    return f"<script{attribute}>{code}</script>"


def snippet(site: Site, *, script_host: str = "", name: str = "analytics", other: bool = False) -> str:
    """The page snippet as the edge gives it, or an ``other`` one; ``name`` is the global's, ``script_host`` where the
    script comes from."""
    text = site.other_snippet() if other else site.snippet()
    assert text.count('"analytics"') == text.count(site.cdn) == 1
    return text.replace('"analytics"', json.dumps(name)).replace(site.cdn, script_host or site.cdn)


def own(_pages: Pages, site: Site) -> str:
    """Edgewise's snippet, which loads the loader bundle from the edge."""
    return inline(snippet(site))


def other(_pages: Pages, site: Site) -> str:
    """A snippet that asks for the loader in one file, whatever the source: separate code comes from its addresses."""
    return inline(snippet(site, other=True))


def standalone(pages: Pages, site: Site) -> str:
    """The official standalone build, unmodified and hosted by the page's site, behind the snippet."""
    return inline(f"{snippet(site, script_host=pages.origin, other=True)};analytics._cdn={json.dumps(site.cdn)}")


def library(_pages: Pages, site: Site) -> str:
    """The official package as a site that installs it from npm uses it."""
    options = json.dumps({"writeKey": site.write_key, "cdnURL": site.cdn})
    start = f"window.analytics=AnalyticsNext.AnalyticsBrowser.load({options});analytics.page();"
    return '<script src="/library.js"></script>' + inline(start)


@dataclass(frozen=True, slots=True)
class Kind:
    """One client, and how a page gets it. ``official``: unmodified @segment/analytics-next."""

    name: str
    tag: Callable[[Pages, Site], str]
    official: bool = True


OWN = Kind("edgewise", own, official=False)
OTHER = Kind("edgewise-other-snippet", other, official=False)
STANDALONE_KIND = Kind("analytics-next-standalone", standalone)
LIBRARY_KIND = Kind("analytics-next-npm", library)
KINDS = (OWN, STANDALONE_KIND, LIBRARY_KIND)
