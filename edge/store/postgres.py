"""Connections of a PostgreSQL server: the primary alone, and none that can hang.

What can hang, and what ends it:

    no answer to a connection attempt       CONNECT_SECONDS, then the URL's next host
    a statement that runs on and on         statement_timeout, by the server
    a lock that is not given                lock_timeout, by the server
    a node that stands still in the midst   idle_in_transaction_session_timeout, by the server: its locks are free then
    a server that stands still              ANSWER_SECONDS, here; polls and reads have shorter limits of their own
    a peer that is gone without a word      TCP keepalives and TCP_USER_TIMEOUT, here
"""

import os
import socket
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from edge.store.address import PostgresServer

CONNECT_SECONDS = 4.0
"""For each host of the URL."""
ANSWER_SECONDS = 30.0
POOL_SECONDS = 5.0
"""How long a caller waits for a connection when all are in use."""
GOODBYE_SECONDS = 0.5
"""How long whoever gave up waits for the server to hear of it, before the connection is simply dropped."""

SESSION = {
    "application_name": "edgewise",
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    # No statement of ours is worth compiling.
    "jit": "off",
}
"""What the server is told when a connection begins, where the URL does not say it otherwise."""

KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 3, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 19_000}
"""Seconds until the first probe and between probes, probes, and milliseconds for data without an answer."""


class ServerUnreachableError(OSError):
    """No connection to a server: nobody listens, the name is unknown, no answer in time, TLS is refused."""

    def __init__(self, place: str, error: OSError) -> None:
        parts = urlsplit(place)
        host = parts.netloc.rpartition("@")[2] or dict(parse_qsl(parts.query)).get("host") or "its default address"
        if isinstance(error, TimeoutError):
            reason = f"no answer within {CONNECT_SECONDS:g} s"
        else:
            reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        super().__init__(f"the database server at {host} cannot be reached: {reason}")


def open_postgres(server: PostgresServer, **options: Any) -> AsyncEngine:
    """An engine whose own URL is empty, so that nothing that shows an engine can show a password."""

    async def connect() -> asyncpg.Connection:
        return await _connect(server)

    engine = create_async_engine(
        "postgresql+asyncpg://",
        # A statement by itself is the usual case; whoever wants a transaction says which (edge.store.engine).
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        connect_args={"async_creator_fn": connect},
        pool_timeout=POOL_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
        **options,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


async def _connect(server: PostgresServer) -> asyncpg.Connection:
    """A connection to the first host that takes writes. Raises what the last one that was tried said."""
    session = {name: value for name, value in SESSION.items() if name not in server.given}
    *earlier, last = server.places
    for place in earlier:
        try:
            return await _connect_one(place, session)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            continue
    return await _connect_one(last, session)


async def _connect_one(place: str, session: dict[str, str]) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(
            place,
            timeout=CONNECT_SECONDS,
            command_timeout=ANSWER_SECONDS,
            # A standby lags, and would prove what is no longer so.
            target_session_attrs="read-write",
            server_settings=session,
            connection_class=KeptAlive,
        )
    except OSError as error:
        raise ServerUnreachableError(place, error) from error


class KeptAlive(asyncpg.Connection):  # type: ignore[misc] # asyncpg says nothing of its types
    """Asks the other side now and then whether it is still there, which the driver leaves to the system (two hours),
    and takes a short leave: a caller whose time is over waits for it too."""

    __slots__ = ()

    def __init__(self, protocol: Any, transport: Any, *rest: Any) -> None:
        super().__init__(protocol, transport, *rest)
        peer = transport.get_extra_info("socket")
        if peer.family == socket.AF_UNIX:
            return
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            # Not every system has all of them.
            if hasattr(socket, name):
                peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as asyncpg calls it
        await super().close(timeout=GOODBYE_SECONDS if timeout is None else min(timeout, GOODBYE_SECONDS))


def _refuse_closed(dbapi_connection: Any, _record: Any, _proxy: Any) -> None:
    """A connection that the server ended meanwhile is replaced by a new one.

    Seen here, without asking: a question before every use (``pool_pre_ping``) is a round trip, and a server that
    stands still would not answer it either.
    """
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError
