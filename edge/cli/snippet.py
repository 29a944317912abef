"""`edgewise snippet`."""

from typing import Annotated

import typer

from edge.cli.desk import open_desk
from edge.cli.names import checked_key
from edge.cli.options import AsJson, place_of
from edge.cli.output import emit, remark, say
from edge.publish.preload import Preload
from edge.publish.snippet import inline_script

UNASKED = (
    "Destinations' code comes after the loader. With --preload, pages fetch it beside the loader, a request sooner:"
    " print the snippet anew when its destinations change, since it names the code of today."
)
"""Said and not done: a snippet by itself is good for as long as its key, and most are pasted once."""

WriteKey = Annotated[str, typer.Argument(metavar="WRITE_KEY", help="A live write key of the source.")]


def snippet(
    ctx: typer.Context,
    write_key: WriteKey,
    csp: Annotated[bool, typer.Option("--csp", help="Print what the page's Content-Security-Policy needs.")] = False,
    preload: Annotated[
        bool, typer.Option("--preload", help="Have destinations' code fetched beside the loader.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the snippet for the head of the source's pages, as HTML.

    With --preload it comes behind link elements for code that is not in the
    loader, up to 12 kB and none that waits for consent: the browser fetches it
    at once, and the first event is one request sooner. They name code by its
    content: print them again when the source's destinations change or Edgewise
    is upgraded. A page with older ones works as without them.

    With --json it is the script alone, as the Config API answers it, what to
    preload, and the policies.
    """
    if csp and preload:
        raise typer.BadParameter("prints policies and no page: leave --preload out", param_hint="--csp")
    with open_desk(place_of(ctx)) as desk:
        found = desk.get(f"/snippets/{checked_key(write_key)}")
    if as_json:
        emit(found)
    elif csp:
        _say_policies(found["csp"])
    else:
        files = [Preload(**one) for one in found.get("preload", [])]
        if preload and not files:
            remark("Nothing to preload: all code that pages fetch at once is in the loader.")
        if files and not preload:
            remark(UNASKED)
        for one in files if preload else []:
            typer.echo(one.element())
        typer.echo(f"<script>{inline_script(found['snippet'])}</script>")


def _say_policies(found: dict[str, str]) -> None:
    """A directive a line, so that each can be merged with the one that the page has."""
    say("With a nonce, made anew for each answer, as nonce= on the snippet's script element and on links that preload:")
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
