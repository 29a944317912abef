"""The loader's client code that a release ships."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    """``slug`` names the kind of client (``edgewise``); ``hash`` is that of its asset in the store."""

    slug: str
    version: str
    hash: str
    release: str
