"""A condition as a rule's matcher."""

from dataclasses import dataclass
from functools import lru_cache

import orjson

from edge.model.filter import ALL
from edge.publish.fql.errors import FqlError, NoDeviceFormError
from edge.publish.fql.ir import ir_of
from edge.publish.fql.parser import parse

REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Matcher:
    """``ir`` is what clients evaluate, empty for every event; ``None`` where no client can, for the reason in
    ``obstacle``."""

    ir: str | None
    obstacle: str = ""

    def as_json(self) -> dict[str, str]:
        return {"type": "fql", "ir": self.ir} if self.ir else {"type": "all", "ir": ""}


@lru_cache(REMEMBERED)
def matcher_of(condition: str) -> Matcher:
    """The matcher of ``condition``. Raises FqlError for what is no condition."""
    if condition.strip().lower() == ALL:
        return Matcher("")
    try:
        return Matcher(orjson.dumps(ir_of(parse(condition))).decode())
    except NoDeviceFormError as error:
        return Matcher(None, f"clients on a device cannot evaluate this: {error}")


def is_evaluable(condition: str) -> bool:
    """Whether a client can evaluate ``condition``, and it is one."""
    try:
        return matcher_of(condition).ir is not None
    except FqlError:
        return False
