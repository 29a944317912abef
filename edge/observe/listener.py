"""A node's own listener: where one worker process answers for itself alone.

Workers share the public listener, so a request there reaches any of them. What has to know *which* node answers
(metrics, the auditor) asks here. It runs on the node's own event loop and ends with it.
"""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

PORTS = 64
"""A fixed port that is taken, by another worker or by the process that this one replaces, leads to the next, so far."""
BACKLOG = 128
CONCURRENCY = 64
"""Requests at a time; more are refused. Those who ask here are few, and public traffic comes first."""
GRACE = 2
"""Seconds for answers under way when the node ends."""


class NodeBindError(OSError):
    """``EDGE_NODE_BIND`` cannot be listened on; the text says why, and what is allowed."""


def bind(address: str) -> socket.socket:
    """Listen on ``host:port``, or the next free port above it; port 0 is any. Raises NodeBindError."""
    host, first = split(address)
    refused: OSError | None = None
    for port in range(first, min(first + PORTS, 65536)) if first else (0,):
        try:
            family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            return socket.create_server(place[:2], family=family, backlog=BACKLOG)
        except OSError as error:
            refused = error
            if error.errno != errno.EADDRINUSE:
                break
    reason = refused.strerror if refused is not None else "no such port"
    raise NodeBindError(
        f"EDGE_NODE_BIND: cannot listen on {address}: {reason}; it must be an address of this machine and a port that "
        f"is free, or one of whose next {PORTS - 1} is; port 0 is any"
    ) from refused


def split(address: str) -> tuple[str, int]:
    """Host and port of ``host:port``. Raises NodeBindError for what stands for every address at once.

    The host becomes part of the address that other nodes are told, so it has to name this machine.
    """
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    try:
        wildcard = ip_address(host).is_unspecified
    except ValueError:
        wildcard = False
    if wildcard:
        raise NodeBindError(
            f"EDGE_NODE_BIND: {host} is every address of this machine: name the one at which control nodes reach it"
        )
    return host, int(port)


def url_of(address: str, listener: socket.socket) -> str:
    """What other nodes are told: the host as it was given, the port as it turned out."""
    host, _ = split(address)
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Answer on ``listener`` with ``app`` for as long as the block runs; the socket is closed at its end."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONCURRENCY,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE,
    )
    with closing(listener):
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        # The parts of Server.serve(), which would take the signals that belong to the server of the public listener.
        await server.startup(sockets=[listener])
        loop = asyncio.create_task(server.main_loop())
        try:
            yield
        finally:
            server.should_exit = True
            await loop
            await server.shutdown(sockets=[listener])
