"""Reading browser code back through the edge before a manifest may name it (I22).

    plan ──► needs code not read back ──► nothing written ──► read back ──► plan anew, on documents as they are then
                                                                  └──► other bytes: refused by the file's name

It is read between two attempts, never under the journal's lock: a slow read must not hold up every other writer.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from edge.manage.operation import Manage, commit
from edge.manage.problem import invalid
from edge.model.asset import content_hash, integrity_of
from edge.model.definition import Bundle, Definition
from edge.model.token import Principal
from edge.publish.wire import asset_path
from edge.store.store import Draft
from edge.store.view import View

Proven = frozenset[Bundle]
"""Bundles that were read back during this operation."""

ProvenPlan = Callable[[Proven, View], Awaitable[Draft]]


class UnprovenError(Exception):
    """A plan depends on browser code that was not read back yet."""

    def __init__(self, definition: Definition, bundle: Bundle) -> None:
        super().__init__(definition.slug)
        self.definition = definition
        self.bundle = bundle


async def commit_proven(manage: Manage, principal: Principal, plan: ProvenPlan) -> tuple[int, bool]:
    """As ``commit``, for a plan that raises UnprovenError as long as ``Proven`` lacks what it needs."""
    proven: Proven = frozenset()
    while True:
        try:
            return await commit(manage, principal, partial(plan, proven))
        except UnprovenError as need:
            await _read_back(manage, need.definition, need.bundle)
            proven |= {need.bundle}


async def _read_back(manage: Manage, definition: Definition, bundle: Bundle) -> None:
    path = asset_path(definition.slug, bundle.hash)
    body = await manage.read_back(path)
    if body is None or content_hash(body) != bundle.hash or integrity_of(body) != bundle.integrity:
        raise invalid(
            f"enabled: {path} cannot be read through this edge with the hash that {definition.name} states; "
            "restart the edge, which imports its bundles, or leave enabled false"
        )
