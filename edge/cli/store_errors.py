"""What a database says when it cannot be used, and what a person does about it. Never a statement, a value or a URL."""

from asyncpg import InternalClientError
from asyncpg import exceptions as server
from sqlalchemy.exc import DBAPIError

GENERAL = "Look at EDGE_DATA_DIR and EDGE_DATABASE_URL: does it exist, may this user write it, is its disk full?"

DRIVER = (server.PostgresError, server.InterfaceError, InternalClientError)
"""What asyncpg raises."""

HINTS: tuple[tuple[type[BaseException], str], ...] = (
    (
        server.InvalidAuthorizationSpecificationError,
        "Look at user and password in EDGE_DATABASE_URL, at TLS (?sslmode=require), and at the server's pg_hba.conf.",
    ),
    (server.InvalidCatalogNameError, "Make the database first: docs/postgresql.md says how."),
    (
        server.InsufficientPrivilegeError,
        "Let the role in EDGE_DATABASE_URL own the database: it makes the tables by itself (docs/postgresql.md).",
    ),
    (
        server.TargetServerAttributeNotMatched,
        "EDGE_DATABASE_URL names a standby, which takes no writes: name the primary, or all hosts of the cluster "
        "separated by commas.",
    ),
    (server.ReadOnlySQLTransactionError, "The server takes no writes any more: name the primary in EDGE_DATABASE_URL."),
    (server.CannotConnectNowError, "The server is starting or stopping: wait a moment and try again."),
    (
        server.TooManyConnectionsError,
        "Raise max_connections of the server, or run fewer workers: docs/postgresql.md says how many each needs.",
    ),
    (server.LockNotAvailableError, "Another process is writing for long: wait a moment and try again."),
)
"""By what the server said; the first that fits."""


def explained(error: Exception) -> tuple[str, str]:
    """The database's own words, and what to do next."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    # SQLAlchemy's own wrapper repeats the driver's class in its text; the driver's error is behind it.
    origin = cause.__cause__ if cause is not None and isinstance(cause.__cause__, DRIVER) else cause
    said = origin.args[0] if origin is not None and origin.args else origin
    return f"the store cannot be used: {said}", next(
        (hint for kind, hint in HINTS if isinstance(origin, kind)), GENERAL
    )
