"""Where the local store was last served, so that `snippet` and `explain` name that address without being told it."""

from contextlib import suppress

from edge.settings import Settings

FILE = "public_url"


def remember(settings: Settings) -> None:
    """Keep the address that ``serve`` has come to, its real port included, in the data directory."""
    (settings.data_dir / FILE).write_text(f"{settings.base_url()}\n", encoding="utf-8")


def addressed(settings: Settings) -> Settings:
    """``settings`` with the remembered address, where ``EDGE_PUBLIC_URL`` does not say another."""
    if settings.public_url is not None:
        return settings
    with suppress(OSError, UnicodeDecodeError):
        remembered = (settings.data_dir / FILE).read_text(encoding="utf-8").strip()
        if remembered:
            return Settings.model_validate(settings.model_dump() | {"public_url": remembered})
    return settings
