"""HTTP for Locust's users: answers as they came, bytes not decoded, and failures as values. Needs gevent."""

from collections.abc import Mapping

from geventhttpclient.client import HTTPClient
from geventhttpclient.response import HTTPParseError, HTTPSocketPoolResponse

from loadtest.checks import Answer

CONNECT_SECONDS = 5.0


class Line:
    """Keep-alive connections of one user to one base URL; two, for what goes on behind a page."""

    def __init__(self, base_url: str, seconds: float, headers: Mapping[str, str] | None = None) -> None:
        self.base_url = base_url
        self._client = HTTPClient.from_url(
            base_url,
            concurrency=2,
            connection_timeout=CONNECT_SECONDS,
            network_timeout=seconds,
            headers=dict(headers or {}),
        )

    def close(self) -> None:
        self._client.close()

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Never raises for what the network does: that is an Answer with ``error``."""
        try:
            response = self._client.request(method, path, body=body, headers=dict(headers))
        except (OSError, HTTPParseError) as error:
            return Answer(error=f"{type(error).__name__}: {error}")
        known = _headers(response)
        try:
            return Answer(response.status_code, known, response.read())
        except (OSError, HTTPParseError) as error:
            return Answer(response.status_code, known, error=f"{type(error).__name__}: {error}")


def _headers(response: HTTPSocketPoolResponse) -> dict[str, str]:
    """Several lines of one name become one list (RFC 9110 section 5.3)."""
    joined: dict[str, str] = {}
    for name, value in response.items():
        lower = name.lower()
        joined[lower] = f"{joined[lower]}, {value}" if lower in joined else value
    return joined
