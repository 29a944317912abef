"""`edgewise snippet`."""

from typing import Annotated

import typer

from edge.cli.desk import open_desk
from edge.cli.names import checked_key
from edge.cli.options import AsJson, place_of
from edge.cli.output import emit, say
from edge.publish.snippet import inline_script

WriteKey = Annotated[str, typer.Argument(metavar="WRITE_KEY", help="A live write key of the source.")]


def snippet(
    ctx: typer.Context,
    write_key: WriteKey,
    csp: Annotated[bool, typer.Option("--csp", help="Print what the page's Content-Security-Policy needs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the snippet for the head of the source's pages, as HTML.

    It is good for as long as the write key. Where destinations' code is apart
    (source update --bundle separate, or too much of it), it asks for the loader
    in halves. Print it again when that changes, for the sake of the first
    event; a page works with either.

    With --json it is the script alone, as the Config API answers it, and the
    policies.
    """
    with open_desk(place_of(ctx)) as desk:
        found = desk.get(f"/snippets/{checked_key(write_key)}")
    if as_json:
        emit(found)
    elif csp:
        _say_policies(found["csp"])
    else:
        typer.echo(f"<script>{inline_script(found['snippet'])}</script>")


def _say_policies(found: dict[str, str]) -> None:
    """A directive a line, so that each can be merged with the one that the page has."""
    say("With a nonce, made anew for each answer, as nonce= on the snippet's script element:")
    for directive in found["nonce"].split("; "):
        say(f"  {directive};")
    say()
    say("By hosts, where a page is a file; the snippet stays as it is printed:")
    for directive in found["hosts"].split("; "):
        say(f"  {directive};")
    say()
    say("Add each to the directive that your policy has. One that it has not starts with what its default-src allows;")
    say("where there is no default-src either, leave it out: everything is allowed already.")
    say("Vendors' scripts may fetch more than their documentation says: look at the browser's console once.")
