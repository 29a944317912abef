"""`edgewise write-key`."""

from typing import Annotated

import typer

from edge.cli.desk import open_desk
from edge.cli.names import checked_key, parse
from edge.cli.options import AsJson, Wait, Yes, confirm, place_of
from edge.cli.output import emit, remark, say
from edge.cli.shown import outcome, written
from edge.cli.source import Source

app = typer.Typer(no_args_is_help=True, help="Write keys: rotate one by creating another and retiring it.")


@app.command()
def create(
    ctx: typer.Context,
    source: Source,
    key: Annotated[str | None, typer.Argument(help="Adopt this key; one is made where none is given.")] = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Give a source another write key, printed alone on standard output."""
    it = parse(source, 2)
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("POST", f"{it.path}/write-keys", {"key": key} if key else {}, wait)
    if as_json:
        written(answer, "", as_json=True)
        return
    say(answer.body["write_keys"][-1])
    remark(f"write key of {it.short} created{outcome(answer)}")


@app.command("list")
def list_(ctx: typer.Context, source: Source, as_json: AsJson = False) -> None:
    """List a source's write keys."""
    it = parse(source, 2)
    with open_desk(place_of(ctx)) as desk:
        keys = desk.get(it.path)["write_keys"]
    if as_json:
        emit({"write_keys": keys})
        return
    for key in keys:
        say(key)
    if not keys:
        remark(f"{it.short} has no write key: edgewise write-key create {it.short}")


@app.command()
def retire(
    ctx: typer.Context,
    source: Source,
    key: Annotated[str, typer.Argument(help="The key that pages and apps shall not load by any more.")],
    *,
    yes: Yes = False,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Retire a write key: it answers 404 from then on, and is never used again."""
    it = parse(source, 2)
    confirm(f"Retire {key}? Whatever still loads by it gets nothing.", yes)
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("DELETE", f"{it.path}/write-keys/{checked_key(key)}", wait=wait)
    written(answer, f"write key {key} retired", as_json=as_json)
