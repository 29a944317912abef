"""The clients that loaders are made of, as releases ship them: our own, and the official one in pinned versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

OWN = "edgewise"
"""The slug of our own client. There is one, that of the newest release."""
OFFICIAL = "analytics-next"
"""The name of the official client, @segment/analytics-next. Each version that was shipped has a slug of its own."""

KEY_MARK = b"__WRITE_KEY__"
"""What stands once in the official client's code, for a write key to be put in its place."""

PREFIX = "prefix"
"""The file of an official client that is put before its code: it is ours."""


@dataclass(frozen=True, slots=True)
class Client:
    """``hash`` is that of its code in the store, ``files`` the hashes of what belongs to it, by name.

    Of our own client these are its parts (``part/rules``) and what pages fetch when they need it (``lazy/...``); of the
    official one the chunks that it asks for, under the very names by which it does.
    """

    slug: str
    version: str
    hash: str
    release: str
    files: Mapping[str, str] = field(default_factory=dict)

    def hashes(self) -> set[str]:
        return {self.hash, *self.files.values()}


def part_name(part: str) -> str:
    """What a part of our client is called in ``files``."""
    return f"part/{part}"


def version_rank(version: str) -> tuple[tuple[int, ...], bool, str]:
    """To compare versions by: numbers as numbers, a pre-release before its release."""
    numbers, _, suffix = version.partition("-")
    parts = tuple(int(part) if part.isdigit() else 0 for part in numbers.split("."))
    return parts, not suffix, suffix


def official_slug(version: str) -> str:
    return f"{OFFICIAL}@{version}"


def official_version(slug: str) -> str | None:
    """The version that ``slug`` is of; ``None`` where it is no version of the official client."""
    name, separator, version = slug.rpartition("@")
    return version if separator and name == OFFICIAL else None
