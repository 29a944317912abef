"""What a data directory is of: a store, or an edge node, which has none. Left there by `serve` for other commands."""

from contextlib import suppress

from edge.cli.errors import CliError
from edge.settings import Settings

FILE = "origin_url"


def mark(settings: Settings) -> None:
    """Say so in the data directory, or no longer: the same directory may be served by another role later."""
    path = settings.data_dir / FILE
    if settings.role == "edge":
        path.write_text(f"{settings.origin_url}\n", encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def needs_store(settings: Settings) -> Settings:
    """``settings``, for a command that works on their store. Raises CliError where there is none to work on."""
    origins = settings.origin_url if settings.role == "edge" else None
    with suppress(OSError, UnicodeDecodeError):
        origins = origins or (settings.data_dir / FILE).read_text(encoding="utf-8").strip()
    if not origins:
        return settings
    raise CliError(
        f"{settings.data_dir} is of an edge node, which has no store: it asks {origins}",
        "Run this where a control node runs; or set EDGE_URL to a control node's admin address, and EDGE_TOKEN.",
    )
