"""Logs: JSON lines on stderr for a machine, readable lines for a terminal; uvicorn's through the same.

Tracebacks never show the values of variables, and what is named like a credential is masked wherever it came from.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.types import Processor

CREDENTIALS = frozenset({"authorization", "cookie", "password", "secret", "secret_keys", "token", "token_keys"})
MASK = "••••••••"

LIBRARIES = ("httpx", "httpcore", "alembic", "aiosqlite", "asyncio")
"""What these say below a warning is of interest only to who debugs them."""


def configure(level: str) -> None:
    """Once in every process, before its first line. ``level`` is the least level that is written."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.CallsiteParameterAdder({structlog.processors.CallsiteParameter.PROCESS}),
        mask_credentials,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(sys.stderr.isatty())],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        # Whatever a server in this process was told before: one level is the least for all.
        logger.setLevel(logging.NOTSET)
        # uvicorn writes a line for each request wherever this one reaches a handler, whatever it was told.
        logger.propagate = name != "uvicorn.access"
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def mask_credentials(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask by name, whatever a caller or a library puts into a line."""
    for name in event.keys() & CREDENTIALS:
        event[name] = MASK
    # uvicorn repeats its message there with colour codes.
    event.pop("color_message", None)
    return event


def _renderers(terminal: bool) -> list[Processor]:
    if terminal:
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    transformer = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [structlog.processors.ExceptionRenderer(transformer), structlog.processors.JSONRenderer(ensure_ascii=False)]
