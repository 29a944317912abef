"""Ids for tests."""

import secrets

from edge.store.store import IdMaker


def random_id() -> str:
    return secrets.token_hex(16)


def counted_ids(prefix: str = "id") -> IdMaker:
    """A maker of ``id-000001``, ``id-000002``, ...: at most 32 characters, as the tables keep them."""
    made = 0

    def make() -> str:
        nonlocal made
        made += 1
        return f"{prefix}-{made:06}"

    return make
