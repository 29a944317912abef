"""Keep-alive connections to one control node: HTTP/1.1 on asyncio's streams, parsed by httptools.

Not by httpx, which the command line uses: a call costs it a millisecond of the event loop, and two where twenty are
under way (measured on loopback), and this loop answers visitors meanwhile. A broad purge makes thousands of such calls.
This costs a tenth of that, and can only do what origin calls need: small bodies, no redirects, no proxies.
"""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import httptools

from edge.model.instant import Clock

CONNECT = 1.0
"""Seconds to reach a control node; one that is there answers at once, and another may be."""
IDLE = 60.0
"""Seconds for which a connection may rest: less than the other side keeps it, which then never closes it in use."""
MOST_IDLE = 64
MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 256 * 1024


class OriginError(OSError):
    """A control node gave no answer that can be used; ``reason`` is a short token for the log, never a secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GoneError(OriginError):
    """The connection ended before anything of the answer came: where it had rested, the other side had closed it."""


class UnreachedError(OriginError):
    """There is nobody at the address, or nobody who can be spoken to."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes


class _Parsed:
    """What httptools calls back. Names of headers in lower case."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.headers: dict[str, str] = {}
        self.parts: list[bytes] = []
        self.size = 0
        self.complete = self.reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, part: bytes) -> None:
        self.parts.append(part)
        self.size += len(part)

    def on_message_complete(self) -> None:
        self.complete = True
        # Asked any later, the parser has forgotten.
        self.reusable = self.parser.should_keep_alive()


class Connections:
    """To one base address, ``http://host:port/path`` or ``https://``. Every call is bounded by its caller's time."""

    def __init__(self, base: str, headers: dict[str, str], clock: Clock) -> None:
        address = urlsplit(base)
        self._tls = ssl.create_default_context() if address.scheme == "https" else None
        self._host = address.hostname or ""
        self._port = address.port or (443 if self._tls else 80)
        self._path = address.path.rstrip("/")
        named = address.netloc.rpartition("@")[2]
        lines = {"Host": named, "Accept-Encoding": "identity"} | headers
        self._lines = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._clock = clock
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter, float]] = []
        self.place = f"{address.scheme}://{named}"
        """The address as it may be logged: without a name or password before the host."""

    async def call(self, method: str, path: str, body: bytes | None = None) -> Response:
        """Raises OriginError. Sent once more where a resting connection turns out to be gone: every origin call may be
        made twice."""
        message = f"{method} {self._path}{path} HTTP/1.1\r\n{self._lines}"
        if body is not None:
            message += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        request = message.encode("latin-1") + b"\r\n" + (body or b"")
        rested = self._rested()
        if rested is not None:
            with suppress(GoneError):
                return await self._exchange(*rested, request)
        return await self._exchange(*await self._open(), request)

    def close(self) -> None:
        for _, writer, _ in self._idle:
            writer.close()
        self._idle.clear()

    def _rested(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        now = self._clock().boot
        while self._idle:
            # The latest first: those that nobody needs grow old and go.
            reader, writer, since = self._idle.pop()
            if now - since < IDLE and not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        return None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(CONNECT):
                return await asyncio.open_connection(self._host, self._port, ssl=self._tls, limit=_CHUNK)
        except TimeoutError as error:
            raise UnreachedError("connect-timeout") from error
        except ssl.SSLError as error:
            raise UnreachedError("tls") from error
        except OSError as error:
            raise UnreachedError("connect") from error

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Response:
        """One request and its answer. A connection that anything went wrong with is closed: more may come of that."""
        reusable = False
        try:
            writer.write(request)
            response, reusable = await _read(reader)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            raise GoneError("reset") from error
        finally:
            if reusable and len(self._idle) < MOST_IDLE:
                self._idle.append((reader, writer, self._clock().boot))
            else:
                writer.close()
        return response


async def _read(reader: asyncio.StreamReader) -> tuple[Response, bool]:
    """The answer, and whether the connection may be used again."""
    parsed = _Parsed()
    begun = False
    while not parsed.complete:
        data = await reader.read(_CHUNK)
        if not data:
            raise OriginError("torn-answer") if begun else GoneError("closed")
        begun = True
        try:
            parsed.parser.feed_data(data)
        except httptools.HttpParserError as error:
            raise OriginError("bad-answer") from error
        if parsed.size > MOST_BYTES:
            raise OriginError("too-large")
    response = Response(parsed.parser.get_status_code(), parsed.headers, b"".join(parsed.parts))
    return response, parsed.reusable
