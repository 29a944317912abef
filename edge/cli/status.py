"""`edgewise status`."""

import typer

from edge.cli.desk import open_desk
from edge.cli.options import AsJson, place_of
from edge.cli.output import emit, fields, remark, say, table


def status(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show the journal's head, and how far each node has come."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.get("/status")
    if as_json:
        emit(found)
        return
    fields({"version": found["version"], "head": found["head"], "epoch": found["epoch"]})
    if not found["nodes"]:
        remark("No node is running: edgewise serve")
        return
    say()
    table(
        ["host", "node", "state", "cursor", "lag", "last heard of"],
        [
            [node["host"], node["node"][:8], node["state"], node["cursor"], node["lag"], node["reported_at"]]
            for node in found["nodes"]
        ],
    )
