"""Everywhere that is not this machine: the browser resolves every other name to this server, which plays the vendors.

Mixpanel's and Amplitude's scripts are the files of their npm packages, byte for byte. Google and Meta publish theirs
nowhere but on their own hosts; ``vendor-stubs/`` has stand-ins that take calls as documented and report each over the
network. ``vendors.py`` has more of both. Nothing a page asks of the world outside goes unnoticed: it is answered here,
and kept.
"""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import Response

from tests.browser import vendors
from tests.browser.loopback import Received, Recorder

HERE = Path(__file__).parent
PACKAGES = HERE.parents[1] / "loader" / "node_modules"
AMPLITUDE = PACKAGES / "@amplitude" / "analytics-browser" / "lib" / "scripts" / "amplitude-min.js.gz"
MIXPANEL = PACKAGES / "mixpanel-browser" / "dist" / "mixpanel.min.js"
STUBS = HERE / "vendor-stubs"

SCRIPTS: Mapping[tuple[str, str], Path] = {
    ("cdn.amplitude.com", "/libs/analytics-browser-2.47.1-min.js.gz"): AMPLITUDE,
    ("cdn.mxpnl.com", "/libs/mixpanel-2-latest.min.js"): MIXPANEL,
    ("www.googletagmanager.com", "/gtag/js"): STUBS / "gtag.js",
    ("www.googletagmanager.com", "/gtm.js"): STUBS / "gtm.js",
    ("connect.facebook.net", "/en_US/fbevents.js"): STUBS / "fbevents.js",
}
"""Host and path of each vendor's script."""

Answer = Callable[[Received], Response]


def _json(document: Any) -> Answer:
    return lambda _request: Response(json.dumps(document), media_type="application/json")


def _nothing(_request: Received) -> Response:
    return Response(status_code=204)


COLLECTORS: Mapping[str, Answer] = {
    "api2.amplitude.com": _json({"code": 200, "events_ingested": 1}),
    "sr-client-cfg.amplitude.com": _json({"configs": {}}),
    "api-js.mixpanel.com": _json({"status": 1, "error": None}),
    "api-eu.mixpanel.com": _json({"status": 1, "error": None}),
    "www.google-analytics.com": _nothing,
    "tags.example": _nothing,
    "www.facebook.com": _nothing,
}
"""Hosts that vendors' scripts report to. ``tags.example`` is what the stand-in for a GTM container reports to."""

VENDOR_HOSTS = frozenset({host for host, _ in SCRIPTS} | set(COLLECTORS)) | vendors.HOSTS


class Outside:
    """The server of every host outside, and what each vendor has received so far."""

    def __init__(self) -> None:
        self.recorder = Recorder(self._answer)

    def _answer(self, request: Received) -> Response:
        reply = self._content(request)
        # What these vendors' hosts send too: their scripts are loaded from, and report from, any site.
        reply.headers["Access-Control-Allow-Origin"] = request.origin or "*"
        reply.headers["Access-Control-Allow-Credentials"] = "true"
        reply.headers["Access-Control-Allow-Headers"] = "*, authorization, content-type"
        return reply

    def _content(self, request: Received) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204)
        script = SCRIPTS.get((request.host, request.path))
        if script is not None:
            encoded = {"Content-Encoding": "gzip"} if script.suffix == ".gz" else {}
            return Response(script.read_bytes(), media_type="text/javascript", headers=encoded)
        code = vendors.script_of(request)
        if code is not None:
            return Response(code, media_type="text/javascript")
        collector = COLLECTORS.get(request.host)
        if request.method == "POST" and collector is None and request.host in vendors.HOSTS:
            return _json({"status": 1})(request)
        return collector(request) if collector else Response("nobody is here", 404)

    def _to(self, *hosts: str) -> list[Received]:
        return [request for request in list(self.recorder.received) if request.host in hosts and request.body]

    def amplitude(self, api_key: str) -> list[dict[str, Any]]:
        """Events of the HTTP API (amplitude.com/docs/apis/analytics/http-v2), with the host that they went to."""
        uploads = [json.loads(request.body) for request in self._to("api2.amplitude.com")]
        return [event for upload in uploads if upload.get("api_key") == api_key for event in upload["events"]]

    def mixpanel(self, token: str, path: str = "/track/") -> list[dict[str, Any]]:
        """What went to one of Mixpanel's endpoints: ``/track/`` events, ``/engage/`` profiles; ``host`` added."""
        found = []
        for request in self._to("api-js.mixpanel.com", "api-eu.mixpanel.com"):
            if request.path == path:
                batch = _mixpanel_data(request.body)
                found += [{**entry, "host": request.host} for entry in (batch if isinstance(batch, list) else [batch])]
        return [entry for entry in found if token in (entry.get("$token"), entry.get("properties", {}).get("token"))]

    def google(self, measurement_id: str) -> list[list[Any]]:
        """Commands that gtag.js took, each as the list of its arguments."""
        return self._reported("www.google-analytics.com", measurement_id)

    def container(self, container_id: str) -> list[dict[str, Any]]:
        """Entries of the data layer that a tag manager's container saw."""
        return self._reported("tags.example", container_id)

    def meta(self, pixel_id: str) -> list[list[Any]]:
        """Calls of ``fbq`` that fbevents.js took, each as the list of its arguments."""
        return [call for call in self.meta_calls() if pixel_id in call]

    def meta_calls(self) -> list[list[Any]]:
        """Calls of every pixel, and those that name none."""
        return self._reported("www.facebook.com", "fbq")

    def told(self, account: str) -> list[list[Any]]:
        """Calls that a stand-in of ``vendors.py`` took for one account of its vendor."""
        return self._reported(vendors.REPORTS, account)

    def posthog(self, key: str) -> list[dict[str, Any]]:
        return vendors.posthog_events(self._to("us.i.posthog.com", "eu.i.posthog.com"), key)

    def braze(self, api_key: str) -> list[dict[str, Any]]:
        return vendors.braze_data(self._to("sdk.iad-03.braze.com"), api_key)

    def plausible(self, site: str) -> list[dict[str, Any]]:
        """Events of Plausible's API (plausible.io/docs/events-api), in the short form that its script sends."""
        return [event for event in map(_loaded, self._to("plausible.io")) if event["d"] == site]

    def _reported(self, host: str, name: str) -> list[Any]:
        reports = [request for request in self._to(host) if request.query.get("id") == [name]]
        # Beacons overtake each other; the stand-ins number them.
        return [json.loads(request.body) for request in sorted(reports, key=_sequence)]


def _loaded(request: Received) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(request.body)
    return document


def _sequence(request: Received) -> tuple[float, int]:
    return float(request.query["page"][0]), int(request.query["n"][0])


def _mixpanel_data(body: bytes) -> Any:
    data = parse_qs(body.decode())["data"][0]
    return json.loads(data if data.startswith(("[", "{")) else base64.b64decode(data))
