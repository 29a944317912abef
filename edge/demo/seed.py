"""Filling an empty store with the demo workspace: once, and never again over what somebody changed.

A source carries the name UNFINISHED until all its destinations are there:

    absent ──create──► UNFINISHED ──its destinations──► its own name: from here on it is the user's
      │                    └── a start that was interrupted goes on from here
      └── but its write key is known: somebody deleted it, and deleted it stays
"""

from edge.demo.content import SOURCES, WORKSPACE, DemoSource
from edge.manage import destinations, sources, workspaces
from edge.manage.destinations import DestinationPatch
from edge.manage.operation import Manage
from edge.manage.problem import ProblemError
from edge.manage.sources import SourcePatch
from edge.model.source import Source
from edge.model.token import EVERY_WORKSPACE, Principal

UNFINISHED = "Demo (being set up)"
SEEDER = Principal("demo", "demo", EVERY_WORKSPACE, frozenset({"workspace:read", "workspace:write"}))


async def seed(manage: Manage) -> tuple[Source, ...]:
    """The demo's sources as they are now, those that somebody deleted left out."""
    try:
        await workspaces.show(manage, SEEDER, WORKSPACE)
    except ProblemError as problem:
        _expect("not_found", problem)
        await workspaces.create(manage, SEEDER, WORKSPACE, "Demo")
    found = [await _seed_source(manage, wanted) for wanted in SOURCES]
    return tuple(source for source in found if source is not None)


async def _seed_source(manage: Manage, wanted: DemoSource) -> Source | None:
    source = await _source(manage, wanted)
    if source is None or source.display_name != UNFINISHED:
        return source
    for each in wanted.destinations:
        patch = DestinationPatch(enabled=each.enabled, mode=each.mode, settings=each.settings)
        try:
            await destinations.create(
                manage, SEEDER, WORKSPACE, wanted.slug, each.definition, definition_slug=each.definition, patch=patch
            )
        except ProblemError as problem:
            _expect("conflict", problem)
    named = SourcePatch(display_name=wanted.display_name)
    return (await sources.change(manage, SEEDER, WORKSPACE, wanted.slug, named)).document


async def _source(manage: Manage, wanted: DemoSource) -> Source | None:
    """The source, made if need be; ``None`` when its write key was another's, or its own in an earlier life."""
    try:
        return await sources.show(manage, SEEDER, WORKSPACE, wanted.slug)
    except ProblemError as problem:
        _expect("not_found", problem)
    named = SourcePatch(display_name=UNFINISHED)
    try:
        made = await sources.create(
            manage, SEEDER, WORKSPACE, wanted.slug, wanted.type, patch=named, write_key=wanted.write_key
        )
    except ProblemError as problem:
        _expect("conflict", problem)
        return None
    return made.document


def _expect(kind: str, problem: ProblemError) -> None:
    if problem.kind != kind:
        raise problem
