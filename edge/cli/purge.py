"""`edgewise purge` and `edgewise receipt`: dropping cached copies, and where a change is live."""

from typing import Annotated, Any

import typer

from edge.cli.desk import open_desk
from edge.cli.durations import seconds
from edge.cli.errors import USAGE, CliError
from edge.cli.following import Found, Goal, follow, hint, parts, reached
from edge.cli.names import parse
from edge.cli.options import AsJson, place_of
from edge.cli.output import emit, remark, show

NOT_YET = 3
"""Exit code: it stands, but was not there in time."""
FOR_SETTLED = "60s"
"""How long ``--settled`` waits where ``--wait`` does not say."""

Wait = Annotated[
    str | None,
    typer.Option(
        "--wait",
        metavar="DURATION",
        help="Wait until it is live, as 30s, and show how it goes; exit code 3 if it is not.",
    ),
]
Settled = Annotated[
    bool,
    typer.Option("--settled", help=f"Wait until it is settled: as --wait, which is {FOR_SETTLED} if not given."),
]


def purge(
    ctx: typer.Context,
    *,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", help="A tag, as key:..., workspace:acme, all; may be repeated.")
    ] = None,
    sources: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="WORKSPACE/SOURCE", help="A source, as acme/site; may be repeated."),
    ] = None,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Never answer with older copies again, not even when the store is down.")
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Why, for the journal.")] = None,
    wait: Wait = None,
    settled: Settled = False,
    as_json: AsJson = False,
) -> None:
    """Purge what caches hold: every copy is replaced as soon as possible.

    Changes purge by themselves; this is for what the journal cannot know, as a copy that must never be shown again.
    """
    if not tags and not sources:
        raise CliError("nothing to purge was given", "Add --tag or --source; --tag all is everything.", USAGE)
    patience = _patience(wait, settled=settled)
    body: dict[str, Any] = {"verb": "revoke" if revoke else "invalidate"}
    if tags:
        body["tags"] = tags
    if sources:
        body["sources"] = [parse(source, 2).full for source in sources]
    if reason is not None:
        body["reason"] = reason
    goal: Goal = "settled" if settled else "live"
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("POST", "/purges", body)
        found: Found = answer.body
        if patience is not None:
            followed = follow(desk, found["position"], goal, patience, quiet=as_json)
            found = {**found, **followed}
    _end(found, goal, waited=patience is not None, as_json=as_json)


def receipt(
    ctx: typer.Context,
    position: Annotated[int, typer.Argument(min=1, help="The position that a write or a purge answered.")],
    *,
    wait: Wait = None,
    settled: Settled = False,
    as_json: AsJson = False,
) -> None:
    """Show where a change is live: on which nodes and fronts, since when, and until when browsers may show what was
    before."""
    patience = _patience(wait, settled=settled)
    goal: Goal = "settled" if settled else "live"
    with open_desk(place_of(ctx)) as desk:
        if patience is None:
            found: Found = desk.get(f"/changes/{position}")
        else:
            found = follow(desk, position, goal, patience, quiet=as_json)
    _end(found, goal, waited=patience is not None, as_json=as_json)


def _patience(wait: str | None, *, settled: bool) -> float | None:
    text = wait if wait is not None else FOR_SETTLED if settled else None
    return seconds(text) if text is not None else None


def _end(found: Found, goal: Goal, *, waited: bool, as_json: bool) -> None:
    """The receipt as the answer, and whether it has come as far as it was waited for as the exit code."""
    if as_json:
        emit(dict(found))
    else:
        for part in parts(found):
            show(part)
    if waited and not reached(found, goal):
        if not as_json:
            remark(f"Not {goal} in time. {hint(found, goal)}")
        raise typer.Exit(NOT_YET)
