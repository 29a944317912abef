"""What a host is called in receipts."""

from pathlib import Path
from typing import Literal

from edge.cache.kept_id import kept_id

FILE = "host"


def host_name(host_id: str, front: Literal["none", "nginx"], cache: Path) -> str:
    """``EDGE_HOST_ID``; before it a front, with a random id that is kept beside the front's cache.

    Two machines of one name are two hosts: one's nginx says nothing of what the other's shows. Where the cache is made
    anew, so is the host. Raises OSError where the id can neither be read nor written.
    """
    if front == "none":
        return host_id
    return f"{host_id}-{kept_id(cache.parent / FILE)}"
