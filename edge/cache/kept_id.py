"""A random id that is kept in a file: whatever is beside it is known again by it."""

import os
import secrets
from pathlib import Path


def kept_id(file: Path) -> str:
    """The id in ``file``, made at the first call. Raises OSError where it can neither be read nor written."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return _read(file)
    except FileNotFoundError:
        pass
    # Whole before it has its name, and the first one wins: the workers of a host start together.
    draft = file.with_name(f".{file.name}-{secrets.token_hex(8)}")
    draft.write_text(secrets.token_hex(4), encoding="ascii")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read(file)


def _read(file: Path) -> str:
    kept = file.read_text(encoding="ascii", errors="replace").strip()
    if not kept.isalnum() or not kept.isascii() or len(kept) > 32:
        raise OSError(None, "it holds no id: remove it, and start every node of this host anew", str(file))
    return kept
