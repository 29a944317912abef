"""What it looks like when the store cannot be used at the moment."""

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

STORE_FAILURES: tuple[type[Exception], ...] = (
    SQLAlchemyError,
    # SQLAlchemy wraps what statements raise, but not in every version what connecting does, and nothing of OSError.
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    # Refused, unreachable, no such host, TLS; TimeoutError is one of these.
    OSError,
)
