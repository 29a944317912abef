"""A published document told line by line: every value with its place and its cause."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Cause = Literal["source", "destination", "setting", "default", "definition", "filter", "consent", "plan", "edge"]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One value of the document: where it is, and what it comes from, in words."""

    path: Path
    value: Any
    cause: Cause
    why: str

    @property
    def where(self) -> str:
        """As people write it: ``remotePlugins[0].settings.apiKey``."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return text.removeprefix(".")


def untold(value: Any, told: set[Path], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What no line has told."""
    if path in told:
        return
    inside = any(one[: len(path)] == path for one in told)
    if inside and isinstance(value, Mapping):
        for key, each in value.items():
            yield from untold(each, told, (*path, key))
    elif inside and isinstance(value, list):
        for number, each in enumerate(value):
            yield from untold(each, told, (*path, number))
    else:
        yield path, value
