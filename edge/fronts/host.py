"""What a host is called in receipts."""

import os
import secrets
from pathlib import Path
from typing import Literal

FILE = "host"


def host_name(host_id: str, front: Literal["none", "nginx"], cache: Path) -> str:
    """``EDGE_HOST_ID``; before it a front, with a random id that is kept beside the front's cache.

    Two machines of one name are two hosts: one's nginx says nothing of what the other's shows. Where the cache is made
    anew, so is the host. Raises OSError where the id can neither be read nor written.
    """
    if front == "none":
        return host_id
    return f"{host_id}-{_kept_id(cache.parent)}"


def _kept_id(directory: Path) -> str:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = directory / FILE
    try:
        return _read(file)
    except FileNotFoundError:
        pass
    # Whole before it has its name, and the first one wins: the workers of a host start together.
    draft = directory / f".{FILE}-{secrets.token_hex(8)}"
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
        raise OSError(None, "it holds no id of a host: remove it, and start every node of this host anew", str(file))
    return kept
