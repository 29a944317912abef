"""A journal entry on its way to nodes: what moves floors, and nothing else.

Who changed what, and the masked diff, stay in the store: a node has no use for them, and Redis is no place for them.
"""

from typing import Any

import orjson

from edge.model.change import Entry, Verb

VERBS: tuple[Verb, ...] = ("change", "invalidate", "revoke")


class EntryError(ValueError):
    """The bytes are no entry: of another version, or damaged."""


def entry_to_json(entry: Entry) -> dict[str, Any]:
    return {
        "position": entry.position,
        "id": entry.id,
        "previous": entry.previous_id,
        "verb": entry.verb,
        "tags": list(entry.tags),
        "keys": list(entry.keys),
        "at": entry.at,
    }


def entry_from_json(fields: Any) -> Entry:
    """Raises EntryError for anything but what ``entry_to_json`` made."""
    try:
        return Entry(
            position=int(fields["position"]),
            id=str(fields["id"]),
            previous_id=str(fields["previous"]),
            verb=VERBS[VERBS.index(fields["verb"])],
            tags=tuple(map(str, fields["tags"])),
            keys=tuple(map(str, fields["keys"])),
            resources=(),
            actor="",
            reason="",
            at=float(fields["at"]),
            diff={},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EntryError("no journal entry") from error


def dump_entry(entry: Entry) -> bytes:
    return orjson.dumps(entry_to_json(entry))


def load_entry(data: bytes) -> Entry:
    try:
        return entry_from_json(orjson.loads(data))
    except orjson.JSONDecodeError as error:
        raise EntryError("no journal entry") from error
