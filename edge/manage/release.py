"""Bringing what a release ships into the store: definitions, the client, and their files (DESIGN section 4.1)."""

from collections.abc import Sequence

from edge.catalog.bundles import Release
from edge.model.change import Entry
from edge.model.client import Client
from edge.store.documents import Document
from edge.store.store import Draft, Store
from edge.store.view import View


async def import_release(store: Store, release: Release) -> Entry | None:
    """One commit with everything that differs; ``None`` when the store has it all already.

    What a newer release brought stays: during a rolling upgrade an older process must not undo it.
    """

    async def plan(view: View) -> Draft:
        known = await view.definitions(list(release.definitions))
        stored = {slug: one.document.release for slug, one in known.items()}
        definitions = [
            one
            for one in release.definitions.values()
            if one.slug not in stored or not newer(stored[one.slug], one.release)
        ]
        client = await view.client_document(release.client.slug)
        clients: Sequence[Client] = [] if client and newer(client.release, release.version) else [release.client]
        puts: tuple[Document, ...] = (*definitions, *clients)
        return Draft(puts=puts, assets=release.assets, reason=f"release {release.version}")

    return await store.commit(plan, actor=f"release:{release.version}")


def newer(release: str, other: str) -> bool:
    """Whether ``release`` is later than ``other``: numbers compared as numbers, a pre-release before its release."""
    return _rank(release) > _rank(other)


def _rank(release: str) -> tuple[tuple[int, ...], bool, str]:
    numbers, _, suffix = release.partition("-")
    parts = tuple(int(part) if part.isdigit() else 0 for part in numbers.split("."))
    return parts, not suffix, suffix
