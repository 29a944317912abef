"""What every operation shares: its collaborators, its result, and finding what the caller may see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from edge.manage.advice import Advice
from edge.manage.problem import ProblemError, conflict, not_found
from edge.model.change import Entry
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.instant import Clock
from edge.model.source import Source, Workspace
from edge.model.token import Principal, Scope
from edge.store.documents import Document
from edge.store.store import Draft, NameTakenError, Plan, Store
from edge.store.view import View

D = TypeVar("D")


class ReadBack(Protocol):
    """Fetches a public path through the edge itself: the bytes, or ``None`` when it does not answer them (I22)."""

    async def __call__(self, path: str, /) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Manage:
    """The collaborators of all operations; made once by the composition root."""

    store: Store
    clock: Clock
    new_id: Callable[[], str]
    new_key: Callable[[], str]
    read_back: ReadBack
    committed: Callable[[Entry], None]
    """Told of each commit's entry: neither this process nor others need wait for their polls."""


@dataclass(frozen=True, slots=True)
class Done(Generic[D]):
    """The document after the operation, and the position of its entry; the head's when nothing had to change."""

    document: D
    position: int
    changed: bool
    advice: tuple[Advice, ...] = ()
    own: int = 0
    """The position of the document's own last change, where the operation says it."""


async def commit(manage: Manage, principal: Principal, plan: Plan) -> tuple[int, bool]:
    """Commit ``plan``; the position to wait for, and whether anything changed."""
    seen = 0

    async def noting(view: View) -> Draft:
        nonlocal seen
        seen = view.as_of.position
        return await plan(view)

    try:
        entry = await manage.store.commit(noting, actor=principal.subject)
    except NameTakenError:
        raise conflict("the name or write key is in use: choose another one") from None
    if entry is None:
        return seen, False
    manage.committed(entry)
    return entry.position, True


def require(principal: Principal, scope: Scope) -> None:
    require_any(principal, (scope,))


def require_any(principal: Principal, scopes: Sequence[Scope]) -> None:
    if not any(principal.may(scope) for scope in scopes):
        raise ProblemError("forbidden", f"this token lacks the scope {' or '.join(scopes)}: use one that has it")


async def position_of(view: View, kind: str, document_id: str) -> int:
    """That of the document's last change; 0 where it is not stored."""
    found = await view.stored(kind, document_id)
    return found.position if found is not None else 0


def hold(name: str, position: int, expected: int | None) -> None:
    """Refuses a change of ``name`` that was made for another position than that of its last change; ``None``: any."""
    if expected is not None and position != expected:
        raise ProblemError(
            "changed",
            f"{name} was changed meanwhile, at position {position}, and the change was made for position {expected}: "
            "read it again, then change it",
        )


async def seen_workspace(view: View, principal: Principal, slug: str) -> Workspace:
    found = await view.workspace(slug) if principal.sees(slug) else None
    if found is None:
        raise not_found(f"workspaces/{slug}")
    return found


async def seen_source(view: View, principal: Principal, workspace: str, slug: str) -> Source:
    found = await view.source(workspace, slug) if principal.sees(workspace) else None
    if found is None:
        raise not_found(f"workspaces/{workspace}/sources/{slug}")
    return found


async def seen_destination(
    view: View, principal: Principal, workspace: str, source_slug: str, slug: str
) -> tuple[Source, Destination, Definition | None]:
    source = await seen_source(view, principal, workspace, source_slug)
    found = await view.destination(source, slug)
    if found is None:
        raise not_found(f"{source.name}/destinations/{slug}")
    return source, found, await view.definition(found.definition)


async def seen_filter(view: View, destination: Destination, filter_id: str) -> Filter:
    """``destination`` is one that the caller sees."""
    found = await view.filter(destination, filter_id)
    if found is None or found.destination_id != destination.id:
        raise not_found(f"{destination.name}/filters/{filter_id}")
    return found


def put(document: Document, *more: Document, reason: str) -> Draft:
    return Draft(puts=(document, *more), reason=reason)
