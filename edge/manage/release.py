"""Bringing what a release ships into the store: definitions, clients, and their files (DESIGN section 4.1)."""

from edge.catalog.bundles import Release
from edge.model.change import Entry
from edge.model.client import version_rank
from edge.store.documents import Document
from edge.store.store import Draft, Store
from edge.store.view import View


async def import_release(store: Store, release: Release) -> Entry | None:
    """One commit with everything that differs; ``None`` when the store has it all already.

    What a newer release brought stays: during a rolling upgrade an older process must not undo it. So do the versions
    of the official client that this release does not ship any more: sources may be pinned to them.
    """

    async def plan(view: View) -> Draft:
        known = await view.definitions(list(release.definitions))
        stored = {slug: one.document.release for slug, one in known.items()}
        definitions = [
            one
            for one in release.definitions.values()
            if one.slug not in stored or not newer(stored[one.slug], one.release)
        ]
        present = await view.several("client", [one.slug for one in release.clients])
        kept = {slug for slug, one in present.items() if newer(one.document.release, release.version)}
        clients = [one for one in release.clients if one.slug not in kept]
        puts: tuple[Document, ...] = (*definitions, *clients)
        return Draft(puts=puts, assets=release.assets, reason=f"release {release.version}")

    return await store.commit(plan, actor=f"release:{release.version}")


def newer(release: str, other: str) -> bool:
    """Whether ``release`` is later than ``other``."""
    return version_rank(release) > version_rank(other)
