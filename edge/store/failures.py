"""What it looks like when the store cannot be used at the moment."""

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

STORE_FAILURES: tuple[type[Exception], ...] = (
    SQLAlchemyError,
    # SQLAlchemy wraps what statements raise, and nothing of what connecting does: "the database system is starting up".
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    # Refused, unreachable, no such host, TLS; TimeoutError is one of these.
    OSError,
)
