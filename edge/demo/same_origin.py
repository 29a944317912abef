"""Who may change something through the demo page: the page itself, and no other page that this browser has open.

The edge listens on an address that any website may name in a form or a fetch, and the demo asks for no password. Three
checks stand in place of one; each alone would stop a browser:

    Origin          must be an address of this edge. It cannot be compared with the Host header: a name that was
                    rebound to 127.0.0.1 sends both alike.
    Sec-Fetch-Site  same-origin, where the browser sends it (W3C Fetch Metadata).
    Content-Type    application/json, which no form can send and no other page may without a preflight.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
DEFAULT_PORTS = {"http": 80, "https": 443}


def own_origins(base_url: str, port: int) -> frozenset[str]:
    """The origins (RFC 6454 section 6.1) of an edge: its public URL's, and this machine's names for its port."""
    return frozenset(map(_origin, (base_url, *(f"http://{name}:{port}" for name in LOOPBACK))))


def _origin(url: str) -> str:
    """As browsers write it: the port left out where it is the scheme's own."""
    parts = urlsplit(url)
    port = DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(f':{port}')}"


def refusal(headers: Headers, origins: Collection[str]) -> str | None:
    """Why a change is refused, as a sentence that says what to do; ``None`` when it may be made."""
    origin = headers.get("origin", "")
    if origin not in origins or headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return (
            "changes are taken from the demo page only, opened at an address of this edge: "
            + ", ".join(sorted(origins))
            + ". From elsewhere use the Config API, with a token"
        )
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return "Content-Type must be application/json"
    return None
