"""The options that many commands share, worded once."""

import sys
from typing import Annotated

import typer

from edge.cli.errors import USAGE, CliError
from edge.cli.place import Place

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Wait = Annotated[
    str | None,
    typer.Option("--wait", metavar="DURATION", help="Wait until the change is live on every node, as 2s; then say so."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


def place_of(ctx: typer.Context) -> Place:
    """What the options before the command say about where to work."""
    place = ctx.obj
    return place if isinstance(place, Place) else Place()


def confirm(question: str, yes: bool) -> None:
    """Ask before something is lost. Where nobody can answer, ``--yes`` has to be there."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CliError(f"{question} Nobody is there to answer.", "Add --yes to do it without being asked.", USAGE)
    typer.confirm(question, abort=True, err=True)
