"""Keeping the admin side to its own listener."""

from starlette.types import ASGIApp, Receive, Scope, Send


class OnlyOnPort:
    """Passes requests that arrived at ``port`` to ``inner``, others to ``otherwise``; with no port, all to ``inner``.

    The port is the listener's own, from the server (ASGI ``scope["server"]``), never from the request's Host header.
    """

    def __init__(self, inner: ASGIApp, port: int | None, otherwise: ASGIApp) -> None:
        self._inner = inner
        self._port = port
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        server = scope.get("server")
        arrived = server[1] if server else None
        app = self._inner if self._port is None or arrived == self._port else self._otherwise
        await app(scope, receive, send)
