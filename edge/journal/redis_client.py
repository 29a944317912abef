"""Clients of Redis for a URL: every call ends within its time, and none is repeated behind the caller's back."""

from typing import Any

from redis.asyncio import ConnectionPool, Redis, Sentinel, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from edge.model.redis_url import Login, RedisUrl

FAILURES = (RedisError, OSError, TimeoutError)
"""What a call of Redis may raise."""

IDLE = 30
"""Seconds after which a connection that was not used is asked (PING) whether it still is one."""


def open_client(place: RedisUrl, timeout: float, block: float = 0.0) -> Redis:
    """A client of ``place`` that connects when it is first used; end it with ``close_client``.

    ``timeout`` in seconds for connecting and for each answer; a command may block for ``block`` seconds more.
    """
    options: dict[str, Any] = _common(place.login, timeout) | {"db": place.db, "socket_timeout": timeout + block}
    if place.path is not None:
        return Redis.from_pool(ConnectionPool(connection_class=UnixDomainSocketConnection, path=place.path, **options))
    options["socket_keepalive"] = True
    if place.service is not None:
        return _through_sentinel(place, place.service, timeout, options)
    if place.tls is not None:
        options |= _tls(place) | {"connection_class": SSLConnection}
    host, port = place.hosts[0]
    return Redis.from_pool(ConnectionPool(host=host, port=port, **options))


async def close_client(client: Redis) -> None:
    """Close every connection, those to Sentinels too."""
    await client.aclose()
    if isinstance(client.connection_pool, SentinelConnectionPool):
        await client.connection_pool.sentinel_manager.aclose()


def _through_sentinel(place: RedisUrl, service: str, timeout: float, options: dict[str, Any]) -> Redis:
    # redis-py asks one Sentinel after the other. With the whole time for each, a dead one at the front would use up
    # every call's: the next one would never be asked.
    share = timeout / (len(place.hosts) + 1)
    asking = _common(place.sentinel_login, share) | {"socket_timeout": share}
    if place.tls is not None:
        asking |= _tls(place) | {"ssl": True}
        options |= _tls(place) | {"ssl": True}
    sentinel = Sentinel(place.hosts, sentinel_kwargs=asking, **options)  # type: ignore[no-untyped-call] # has no types
    master: Redis = sentinel.master_for(service)
    return master


def _common(login: Login, timeout: float) -> dict[str, Any]:
    return {
        "username": login.username,
        "password": login.password,
        "socket_connect_timeout": timeout,
        "health_check_interval": IDLE,
        # A retry would take the time once more, and whoever calls has something better to do meanwhile.
        "retry": Retry(NoBackoff(), 0),
        # The older protocol: one command less at each connection, and every server of the last years speaks it.
        "protocol": 2,
        "driver_info": None,
    }


def _tls(place: RedisUrl) -> dict[str, Any]:
    options: dict[str, Any] = dict(place.tls or {})
    if "ssl_check_hostname" in options:
        options["ssl_check_hostname"] = options["ssl_check_hostname"].lower() not in ("0", "false", "no")
    return options
