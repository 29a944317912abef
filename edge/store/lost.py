"""Settings that none of the keys at hand opens."""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from edge.store.keyring import SecretUnreadableError


class LostSettings(Mapping[str, Any]):
    """A destination's settings, still sealed: whoever looks into them meets SecretUnreadableError, never "none".

    So whatever needs a value fails, and what needs none goes on: such a destination can be disabled and deleted, and
    the seal is kept as it is for the day on which its key is found.
    """

    __slots__ = ("sealed",)

    def __init__(self, sealed: str) -> None:
        self.sealed = sealed

    def __getitem__(self, _name: str) -> NoReturn:
        raise SecretUnreadableError

    def __iter__(self) -> Iterator[str]:
        raise SecretUnreadableError

    def __len__(self) -> NoReturn:
        raise SecretUnreadableError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LostSettings) and other.sealed == self.sealed

    def __hash__(self) -> int:
        return hash(self.sealed)

    def __deepcopy__(self, _memo: dict[int, Any]) -> "LostSettings":
        """``dataclasses.asdict`` copies what it does not know."""
        return self
