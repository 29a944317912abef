"""The vendors beyond those that every test uses: their scripts, and what they were told.

PostHog's script is the file of its npm package, Braze's the SDK of its npm package made into one file, and Plausible's
the tracker of its npm package before the few lines that its script for pages adds. The others publish theirs nowhere
but on their own hosts; ``vendor-stubs/`` has stand-ins made from their documented globals, which report each call to
``reports.example``.
"""

import base64
import functools
import gzip
import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.browser.loopback import Received

HERE = Path(__file__).parent
PACKAGES = HERE.parents[1] / "loader" / "node_modules"
STUBS = HERE / "vendor-stubs"
REPORTS = "reports.example"
"""Where the stand-ins report to."""

STAND_INS = (
    ("analytics.tiktok.com", r"/i18n/pixel/events\.js", "tiktok"),
    ("s.pinimg.com", r"/ct/core\.js", "pinterest"),
    ("sc-static.net", r"/scevent\.min\.js", "snap"),
    ("snap.licdn.com", r"/li\.lms-analytics/insight\.min\.js", "linkedin"),
    ("bat.bing.com", r"/bat\.js", "uet"),
    ("static.hotjar.com", r"/c/hotjar-\d+\.js", "hotjar"),
    ("cdn.us.heap-api.com", r"/config/\d+/heap_config\.js", "heap"),
    ("cdn.eu.heap-api.com", r"/config/\d+/heap_config\.js", "heap"),
    ("edge.fullstory.com", r"/s/fs\.js", "fullstory"),
    ("edge.eu1.fullstory.com", r"/s/fs\.js", "fullstory"),
    ("widget.intercom.io", r"/widget/[\w-]+", "intercom"),
    ("js.hs-scripts.com", r"/\d+\.js", "hubspot"),
    ("js-eu1.hs-scripts.com", r"/\d+\.js", "hubspot"),
    ("assets.customer.io", r"/assets/track(-eu)?\.js", "customer-io"),
    ("static.klaviyo.com", r"/onsite/js/klaviyo\.js", "klaviyo"),
    ("cdn.cookielaw.org", r"/scripttemplates/otSDKStub\.js", "onetrust"),
    ("consent.cookiebot.com", r"/uc\.js", "cookiebot"),
    ("one.matomo.example", r"/matomo\.js", "matomo"),
    ("two.matomo.example", r"/matomo\.js", "matomo"),
)
"""Host, path (a regular expression) and stand-in of each vendor's script."""

REAL: Mapping[str, Path] = {
    f"{region}-assets.i.posthog.com/static/array.js": PACKAGES / "posthog-js" / "dist" / "array.js"
    for region in ("us", "eu")
}
BRAZE = PACKAGES / "@braze" / "web-sdk" / "src" / "index.js"
PLAUSIBLE = PACKAGES / "@plausible-analytics" / "tracker" / "plausible.js"

HOSTS = frozenset(
    {
        REPORTS,
        "js.appboycdn.com",
        "plausible.io",
        "sdk.iad-03.braze.com",
        *(f"{region}{kind}.i.posthog.com" for region in ("us", "eu") for kind in ("", "-assets")),
        *(host for host, _, _ in STAND_INS),
    }
)


def script_of(request: Received) -> bytes | None:
    """The script at an address of one of these vendors."""
    address = request.host + request.path
    if address in REAL:
        return REAL[address].read_bytes()
    if request.host == "js.appboycdn.com":
        return _braze()
    if request.host == "plausible.io" and request.path.startswith("/js/"):
        tracker = re.sub(r"export ?\{[^}]*\}", "", PLAUSIBLE.read_text(encoding="utf-8"))
        return _script(tracker, "plausible")
    for host, path, name in STAND_INS:
        if request.host == host and re.fullmatch(path, request.path):
            return _script((STUBS / "report.js").read_text(encoding="utf-8"), name)
    return None


@functools.cache
def _braze() -> bytes:
    """The SDK as one script that sets its global, as Braze's own build is."""
    esbuild = [str(PACKAGES / ".bin" / "esbuild"), str(BRAZE), "--bundle", "--format=iife", "--global-name=braze"]
    made = subprocess.run(esbuild, capture_output=True, check=True, timeout=60)
    return made.stdout


def _script(before: str, name: str) -> bytes:
    return f"(() => {{\n{before}\n{(STUBS / f'{name}.js').read_text(encoding='utf-8')}\n}})();".encode()


def posthog_events(requests: list[Received], key: str) -> list[dict[str, Any]]:
    """Events that went to PostHog for a project, with the host that they went to."""
    found = []
    for request in requests:
        if request.path.rstrip("/") in ("/e", "/i/v0/e", "/batch"):
            sent = _posthog_body(request)
            batch = sent if isinstance(sent, list) else sent.get("batch", [sent])
            found += [{**event, "host": request.host} for event in batch]
    return [event for event in found if event["properties"].get("token") == key]


def braze_data(requests: list[Received], api_key: str) -> list[dict[str, Any]]:
    """What Braze's SDK sent for an app: bodies of its data call."""
    sent = [json.loads(request.body) for request in requests if request.path.startswith("/api/v3/data")]
    return [body for body in sent if body.get("api_key") == api_key]


def _posthog_body(request: Received) -> Any:
    # The library compresses by itself, and says so in the query rather than in a header.
    if request.body.startswith(b"\x1f\x8b"):
        return json.loads(gzip.decompress(request.body))
    if request.body.startswith(b"data="):
        return json.loads(base64.b64decode(parse_qs(request.body.decode())["data"][0]))
    return json.loads(request.body)
