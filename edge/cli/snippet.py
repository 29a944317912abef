"""`edgewise snippet`."""

from typing import Annotated

import typer

from edge.cli.desk import open_desk
from edge.cli.names import checked_key
from edge.cli.options import AsJson, place_of
from edge.cli.output import emit

WriteKey = Annotated[str, typer.Argument(metavar="WRITE_KEY", help="A live write key of the source.")]


def snippet(ctx: typer.Context, write_key: WriteKey, as_json: AsJson = False) -> None:
    """Print the snippet for the head of the source's pages, as HTML.

    With --json it is the script alone, as the Config API answers it.
    """
    with open_desk(place_of(ctx)) as desk:
        found = desk.get(f"/snippets/{checked_key(write_key)}")
    if as_json:
        emit(found)
    else:
        typer.echo(f"<script>\n{found['snippet'].strip()}\n</script>")
