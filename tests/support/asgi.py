"""One request to an ASGI application, as a server would put it: the path decoded, nothing normalised."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Message, Scope

HeaderLines = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as the server got it: header lines in order, names in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __getitem__(self, name: str) -> str:
        """The value of the one header line ``name``."""
        (value,) = self.all(name)
        return value

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def names(self) -> list[str]:
        return [name for name, _ in self.headers]


async def call(
    app: ASGIApp, path: str, *, method: str = "GET", headers: HeaderLines = (), body: bytes = b"", query: str = ""
) -> Reply:
    """``path`` as it stands on the request line, percent-encoded where it must be; ``body`` goes in pieces."""
    pieces = [body[start : start + 65536] for start in range(0, len(body), 65536)] or [b""]
    sent: list[Message] = []

    async def receive() -> Message:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": quote(path, safe="/%:@!$&'()*+,;=~\\").encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "server": ("edge.test", 80),
        "client": ("127.0.0.1", 1),
        "state": {},
    }
    await app(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    lines = tuple((name.decode(), value.decode("latin-1")) for name, value in sent[0]["headers"])
    assert all(name == name.lower() for name, _ in lines)
    return Reply(sent[0]["status"], lines, sent[1]["body"])
