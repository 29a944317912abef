"""The URL of a store, read once: a file or a server. Nothing here ever shows it, for in it is a password."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SQLITE = ("sqlite", "sqlite+aiosqlite")
POSTGRESQL = ("postgresql", "postgres", "postgresql+asyncpg")


class DatabaseUrlError(ValueError):
    """The URL names no database that can be a store."""


@dataclass(frozen=True, slots=True)
class SqliteFile:
    path: Path

    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.path}"


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A connection string for each host, as asyncpg reads them, in the order in which they are tried.

    ``given`` are the names of the parameters in the URL, which win over what we would say by ourselves.
    """

    places: tuple[str, ...] = field(repr=False)
    given: frozenset[str] = frozenset()


def read_address(url: str) -> SqliteFile | PostgresServer:
    """What ``url`` names. Raises DatabaseUrlError."""
    scheme = url.partition(":")[0]
    if scheme in SQLITE:
        return _file(url)
    if scheme in POSTGRESQL:
        return _server(url)
    raise DatabaseUrlError("must begin with postgresql:// or sqlite:///")


def _file(url: str) -> SqliteFile:
    try:
        database = make_url(url).database
    except ArgumentError:
        database = None
    if not database or database == ":memory:":
        raise DatabaseUrlError("must name a file, as in sqlite:////var/lib/edgewise/edgewise.db")
    return SqliteFile(Path(database))


def _server(url: str) -> PostgresServer:
    """Several hosts are separated by commas, as libpq has it; without any, the query's or the driver's default."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _unreadable() from None
    login, at, hosts = parts.netloc.rpartition("@")
    if parts.fragment or not all(_is_host(host) for host in hosts.split(",")):
        raise _unreadable()
    if not parts.path.strip("/"):
        raise DatabaseUrlError("must name a database, as in postgresql://user@host/database")
    # SQLAlchemy's users write `ssl` for what libpq's call `sslmode`.
    query = {"sslmode" if name == "ssl" else name: value for name, value in parse_qsl(parts.query)}
    tail = parts.path + (f"?{urlencode(query)}" if query else "")
    places = tuple(f"postgresql://{login}{at}{host}{tail}" for host in hosts.split(","))
    return PostgresServer(places, frozenset(query))


def _is_host(text: str) -> bool:
    try:
        return urlsplit(f"//{text}").port != 0
    except ValueError:
        return False


def _unreadable() -> DatabaseUrlError:
    return DatabaseUrlError(
        "cannot be read as postgresql://user:password@host:port/database; special characters of the password must be "
        "percent-encoded: / as %2F, ? as %3F, # as %23, @ as %40"
    )
