"""The collector: where the sources of these tests have their events sent."""

import json
from typing import Any

from starlette.responses import JSONResponse, Response

from tests.browser.loopback import Received, Recorder


class Collector:
    """A tracking API as official clients expect it: posts by type, behind a preflight for ``authorization``."""

    def __init__(self) -> None:
        self.recorder = Recorder(self._answer)
        self.api_host = ""

    def _answer(self, request: Received) -> Response:
        allowed = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "authorization, content-type"}
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=allowed)
        return JSONResponse({"success": True}, headers=allowed)

    def events(self, write_key: str) -> list[dict[str, Any]]:
        posted = [request for request in list(self.recorder.received) if request.method == "POST"]
        events = [json.loads(request.body) for request in posted]
        return [event for event in events if event["writeKey"] == write_key]

    def types(self, write_key: str) -> set[str]:
        return {event["type"] for event in self.events(write_key)}
