"""Where the local store was last served, so that commands name that address without being told it."""

from contextlib import suppress

from edge.settings import Settings

FILE, ADMIN_FILE = "public_url", "admin_url"


def remember(settings: Settings) -> None:
    """Keep the address that ``serve`` has come to, its real port included, in the data directory."""
    (settings.data_dir / FILE).write_text(f"{settings.base_url()}\n", encoding="utf-8")
    (settings.data_dir / ADMIN_FILE).write_text(f"{admin_url(settings)}\n", encoding="utf-8")


def admin_url(settings: Settings) -> str:
    """Base of the Config API and the console: the admin listener's address, or the public one."""
    return f"http://{settings.admin_bind}" if settings.admin_bind else settings.base_url()


def admin_address(settings: Settings) -> str:
    """Where the console of the local store was last served, unless ``EDGE_ADMIN_BIND`` says another place."""
    if settings.admin_bind is None:
        with suppress(OSError, UnicodeDecodeError):
            remembered = (settings.data_dir / ADMIN_FILE).read_text(encoding="utf-8").strip()
            if remembered:
                return remembered
    return admin_url(settings)


def addressed(settings: Settings) -> Settings:
    """``settings`` with the remembered address, where ``EDGE_PUBLIC_URL`` does not say another."""
    if settings.public_url is not None:
        return settings
    with suppress(OSError, UnicodeDecodeError):
        remembered = (settings.data_dir / FILE).read_text(encoding="utf-8").strip()
        if remembered:
            return Settings.model_validate(settings.model_dump() | {"public_url": remembered})
    return settings
