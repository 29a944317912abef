"""Who may change something: a page of this console, in the browser that was given it, and nobody else.

Three checks, each of which would stop another site's page:

    Origin          names the host that the request was sent to, or that of EDGE_PUBLIC_URL (behind a proxy that changes
                    Host). Browsers send it with every POST; a request without one comes from no page of ours.
    Sec-Fetch-Site  same-origin, where the browser sends it (W3C Fetch Metadata).
    CSRF token      of the session, in the form or, from htmx, in a header.
"""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

from edge.console.forms import Form
from edge.console.session import Session

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
DEFAULT_PORTS = {"http": 80, "https": 443}

ELSEWHERE = (
    "This did not come from a page of this console. Open the console at one address, and change things there; "
    "programs use the Config API, with a token."
)
OUTDATED = (
    "This page is from before you signed in, or was open too long. Nothing was changed: go back, load the page anew, "
    "and send it again. Where that does not help, the browser does not keep the console's cookie."
)


def refusal(request: Request, form: Form, session: Session | None, public_url: str) -> str | None:
    """Why a POST is refused, as a sentence for people; ``None`` when it may change something."""
    headers = request.headers
    if not _from_here(headers, public_url) or headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return ELSEWHERE
    given = form.text(FIELD) or headers.get(HEADER, "")
    if session is None or not secrets.compare_digest(given.encode(), session.csrf.encode()):
        return OUTDATED
    return None


def is_https(request: Request, public_url: str) -> bool:
    """Whether the browser speaks https to whatever ends it before us: then cookies are for https alone.

    No forwarded header is believed. A browser says so itself in Origin; and who asks for the host of an EDGE_PUBLIC_URL
    that is https, came that way.
    """
    public = urlsplit(public_url)
    return (
        request.url.scheme == "https"
        or request.headers.get("origin", "").startswith("https://")
        or (public.scheme == "https" and _host(public_url) == request.headers.get("host", "").lower())
    )


def _from_here(headers: Headers, public_url: str) -> bool:
    """The scheme is left out: a proxy that ends TLS speaks http to us."""
    origin = headers.get("origin", "")
    if not origin.startswith(("http://", "https://")):
        return False
    scheme = urlsplit(origin).scheme
    asked = headers.get("host", "").lower().removesuffix(f":{DEFAULT_PORTS[scheme]}")
    return _host(origin) in (asked, _host(public_url))


def _host(url: str) -> str:
    """Host and port as a Host header has them: the port left out where it is the scheme's own."""
    parts = urlsplit(url)
    return parts.netloc.lower().removesuffix(f":{DEFAULT_PORTS.get(parts.scheme)}")
