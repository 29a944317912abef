"""`edgewise purge` and `edgewise receipt`: dropping cached copies, and where a change is live."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from edge.cli.desk import open_desk
from edge.cli.errors import USAGE, CliError
from edge.cli.names import parse
from edge.cli.options import AsJson, Wait, place_of
from edge.cli.output import emit, fields, instant, say, table


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
    as_json: AsJson = False,
) -> None:
    """Purge what caches hold: every copy is replaced as soon as possible.

    Changes purge by themselves; this is for what the journal cannot know, as a copy that must never be shown again.
    """
    if not tags and not sources:
        raise CliError("nothing to purge was given", "Add --tag or --source; --tag all is everything.", USAGE)
    body: dict[str, Any] = {"verb": "revoke" if revoke else "invalidate"}
    if tags:
        body["tags"] = tags
    if sources:
        body["sources"] = [parse(source, 2).full for source in sources]
    if reason is not None:
        body["reason"] = reason
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("POST", "/purges", body, wait)
    show_receipt(answer.body, as_json=as_json)


def receipt(
    ctx: typer.Context,
    position: Annotated[int, typer.Argument(min=1, help="The position that a write or a purge answered.")],
    as_json: AsJson = False,
) -> None:
    """Show where a change is live: on which nodes, since when, and until when browsers may show what was before."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.get(f"/changes/{position}")
    show_receipt(found, as_json=as_json)


def show_receipt(found: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        emit(dict(found))
        return
    took = found.get("propagation_ms")
    fields(
        {
            "position": found["position"],
            "state": found["state"],
            "verb": found["verb"],
            "tags": found["tags"],
            "committed": instant(found["committed_at"]),
            "live after": f"{took:.0f} ms" if took is not None else None,
            "browsers until": instant(found.get("browsers_until")),
            "last error": found.get("last_error"),
        }
    )
    nodes = [
        [host["host"], node["node"], node["cursor"], instant(node.get("applied_at"))]
        for host in found["hosts"]
        for node in host["nodes"]
    ]
    if nodes:
        say()
        table(["host", "node", "cursor", "applied"], nodes)
    else:
        say("No node is running.")
    if found["unreachable"]:
        say()
        table(
            ["silent node", "answers nothing older after"],
            [[node["node"], instant(node["until"])] for node in found["unreachable"]],
        )
