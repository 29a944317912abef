"""A finding of the auditor: something that is not as the store says, and has lasted."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Trouble = Literal["behind", "wrong", "ahead", "epoch", "unavailable", "unreachable", "late"]
"""``behind``: a change is missing. ``wrong``: other bytes than the store publishes, though the node read them late
enough. ``ahead``: a position that the store has not. ``epoch``: another life of the journal. ``unavailable``: an error
in place of a document. ``unreachable``: the node does not answer for itself. ``late``: a purge is not live in time."""

TROUBLES: tuple[Trouble, ...] = get_args(Trouble)


@dataclass(frozen=True, slots=True)
class Finding:
    """``about`` is a document (``settings of <write key>``), a purge, or empty for the node itself.

    ``age_seconds``: since the auditor first saw it. ``workspace``: whose document it is; ``None``: the instance's.
    """

    trouble: Trouble
    node: str
    host: str
    about: str
    text: str
    age_seconds: float
    workspace: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def finding_from_json(found: Any) -> Finding:
    """Raises KeyError, TypeError or ValueError for anything but what ``as_json`` made."""
    return Finding(
        trouble=TROUBLES[TROUBLES.index(found["trouble"])],
        node=str(found["node"]),
        host=str(found["host"]),
        about=str(found["about"]),
        text=str(found["text"]),
        age_seconds=float(found["age_seconds"]),
        workspace=None if found["workspace"] is None else str(found["workspace"]),
    )
