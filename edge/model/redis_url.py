"""Where Redis is, from the URL of a setting.

    redis://[user:password@]host[:6379][/db]            rediss://... the same over TLS
    unix://[user:password@]/path/to/redis.sock[?db=0]
    redis+sentinel://[user:password@]host[:26379][,host[:26379]...]/service[/db]       rediss+sentinel://... over TLS

User and password are Redis' own; Sentinel's are the options ``sentinel_username`` and ``sentinel_password``.
"""

from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

REDIS_PORT = 6379
SENTINEL_PORT = 26379

TLS_OPTIONS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname", "ssl_cert_reqs")
SENTINEL_OPTIONS = ("sentinel_username", "sentinel_password")

FORMS = "redis://host:port/0, rediss://, unix:///path or redis+sentinel://host:port,host:port/service"


class RedisUrlError(ValueError):
    """The URL cannot be read; the text says where, and quotes nothing that may be a credential."""


@dataclass(frozen=True, slots=True)
class Login:
    """Either may be ``None``: Redis and Sentinel know passwords without a user, and no password at all."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RedisUrl:
    """One server at ``hosts[0]`` or ``path``; or, with a ``service``, the Sentinels at ``hosts`` that know it."""

    hosts: tuple[tuple[str, int], ...]
    path: str | None
    service: str | None
    db: int
    login: Login
    sentinel_login: Login
    tls: MappingProxyType[str, str] | None
    """``None`` without TLS, else redis-py's options of it by name."""

    def __str__(self) -> str:
        """For people and logs: no credentials."""
        if self.path is not None:
            return self.path
        hosts = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts)
        return f"{self.service} at {hosts}" if self.service is not None else hosts


def parse_redis_url(text: str) -> RedisUrl:
    """Raises RedisUrlError for anything but the forms above."""
    try:
        parts = urlsplit(text)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise RedisUrlError(f"is no URL: use {FORMS}") from None
    scheme, _, kind = parts.scheme.partition("+")
    if scheme not in ("redis", "rediss", "unix") or kind not in ("", "sentinel") or (kind and scheme == "unix"):
        raise RedisUrlError(f"must be {FORMS}")
    if parts.fragment:
        raise RedisUrlError("has a # in it: write it as %23 in a password")
    tls = scheme == "rediss"
    allowed = (*(("db",) if not kind else SENTINEL_OPTIONS), *(TLS_OPTIONS if tls else ()))
    if not options.keys() <= set(allowed):
        # Not named: where a password has a ? that is not written as %3F, what follows looks like an option.
        raise RedisUrlError(f"has an option after the ? that is not one of {', '.join(allowed)}")
    userinfo, _, netloc = parts.netloc.rpartition("@")
    hosts, service, db = _place(parts, netloc, kind or scheme)
    return RedisUrl(
        hosts=hosts,
        path=unquote(parts.path) if scheme == "unix" else None,
        service=service,
        db=_db(options.get("db", db)),
        login=_login(userinfo),
        sentinel_login=Login(*(options.get(name) or None for name in SENTINEL_OPTIONS)),
        tls=MappingProxyType({name: options[name] for name in TLS_OPTIONS if name in options}) if tls else None,
    )


def _place(parts: SplitResult, netloc: str, kind: str) -> tuple[tuple[tuple[str, int], ...], str | None, str]:
    """Hosts, service and database number as the form ``kind`` writes them."""
    if kind == "unix":
        if netloc or not parts.path:
            raise RedisUrlError("must name a socket by its whole path: unix:///run/redis/redis.sock")
        return (), None, ""
    if kind != "sentinel":
        return (_host(netloc, REDIS_PORT),), None, parts.path.removeprefix("/")
    service, _, db = parts.path.removeprefix("/").partition("/")
    if not service:
        raise RedisUrlError(
            "must name Sentinel's service after the hosts: redis+sentinel://host:port,host:port/service"
        )
    return tuple(_host(one, SENTINEL_PORT) for one in netloc.split(",")), unquote(service), db


def _host(text: str, default: int) -> tuple[str, int]:
    host, separator, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not separator:
        host, port = text, str(default)
    name = unquote(host.removeprefix("[").removesuffix("]"))
    if not name or (":" in name and not host.startswith("[")):
        raise RedisUrlError("must name a host, as redis://host:port/0; an IPv6 address in brackets")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise RedisUrlError("must have a port between 1 and 65535 after each host's colon")
    return name, int(port)


def _db(text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit():
        raise RedisUrlError("must end in the number of a database, as /0, or in nothing")
    return int(text)


def _login(userinfo: str) -> Login:
    username, _, password = userinfo.partition(":")
    return Login(unquote(username) or None, unquote(password) or None)
