"""The operations on a real store: two workspaces, an instance's principal and one of each workspace."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from edge.manage import sources, workspaces
from edge.manage.operation import Manage
from edge.manage.sources import SourcePatch
from edge.model.change import Entry
from edge.model.source import Source
from edge.model.token import EVERY_WORKSPACE, SCOPES, Principal, Scope
from tests.support.clock import HandClock
from tests.support.ids import counted_ids, random_id
from tests.support.world import World, make_world, open_world

INSTANCE = Principal("instance", "t-instance", EVERY_WORKSPACE, frozenset(SCOPES))
ACME = Principal("acme-admin", "t-acme", "acme", frozenset(SCOPES))
GLOBEX = Principal("globex-admin", "t-globex", "globex", frozenset(SCOPES))


def without(principal: Principal, *scopes: Scope) -> Principal:
    return replace(principal, scopes=principal.scopes - set(scopes))


@dataclass(slots=True)
class PublicSide:
    """What the edge serves: the store's own files, unless a test breaks one."""

    world: World
    broken: dict[str, bytes | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def __call__(self, path: str) -> bytes | None:
        self.asked.append(path)
        if path in self.broken:
            return self.broken[path]
        async with self.world.store.view() as view:
            found = await view.asset(path.rpartition("/")[2].removesuffix(".js"))
        return found.body if found is not None else None


@dataclass(frozen=True, slots=True)
class Stage:
    world: World
    clock: HandClock
    manage: Manage
    public: PublicSide

    async def head(self) -> int:
        async with self.world.store.view() as view:
            return view.as_of.position

    async def entry(self, position: int) -> Entry:
        async with self.world.store.view() as view:
            found = await view.entry(position)
        assert found is not None
        return found

    async def source(self, slug: str, kind: str, workspace: str = "acme") -> Source:
        done = await sources.create(self.manage, INSTANCE, workspace, slug, kind, patch=SourcePatch(), write_key=None)
        return done.document

    async def unchanged_by(self, call: Callable[[], Awaitable[object]]) -> bool:
        """Whether the journal stands after ``call`` where it stood before."""
        before = await self.head()
        await call()
        return await self.head() == before


async def prepare_stage(directory: Path) -> None:
    """The store of a stage in ``directory``, closed again: to be copied, since making one takes most of a test."""
    world = await make_world(directory, HandClock())
    stage = _on(world, HandClock())
    await workspaces.create(stage.manage, INSTANCE, "globex", "Globex")
    await world.close()


def open_stage(directory: Path) -> Stage:
    """A stage on a prepared store."""
    clock = HandClock()
    return _on(open_world(directory, clock), clock)


def _on(world: World, clock: HandClock) -> Stage:
    public = PublicSide(world)
    manage = Manage(
        store=world.store,
        clock=clock,
        new_id=random_id,
        new_key=counted_ids("made-key"),
        read_back=public,
        committed=lambda _entry: None,
    )
    return Stage(world, clock, manage, public)
