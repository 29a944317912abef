"""`edgewise workspace`."""

from typing import Annotated

import typer

from edge.cli.desk import open_desk
from edge.cli.names import parse
from edge.cli.options import AsJson, Wait, Yes, confirm, place_of
from edge.cli.output import emit, remark
from edge.cli.shown import WORKSPACE, details, listing, written

app = typer.Typer(no_args_is_help=True, help="Workspaces: who owns sources and destinations.")

Slug = Annotated[str, typer.Argument(metavar="WORKSPACE", help="Its slug, as acme.")]


@app.command()
def create(
    ctx: typer.Context,
    workspace: Slug,
    name: Annotated[str | None, typer.Option(help="Name for people; the slug where none is given.")] = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Create a workspace."""
    slug = parse(workspace, 1).slug
    wanted = {"name": f"workspaces/{slug}"} | ({"display_name": name} if name else {})
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("POST", "/workspaces", {"workspace": wanted}, wait)
    written(answer, f"workspace {slug} created", as_json=as_json)
    if not as_json:
        remark(f"Next: edgewise source create {slug}/site --type javascript")


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the workspaces."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.pages("/workspaces", "workspaces")
    nothing = "There is no workspace yet: edgewise workspace create acme"
    listing(found, "workspaces", WORKSPACE, as_json=as_json, nothing=nothing)


@app.command()
def show(ctx: typer.Context, workspace: Slug, as_json: AsJson = False) -> None:
    """Show a workspace."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.get(parse(workspace, 1).path)
    if as_json:
        emit(found)
    else:
        details(found, WORKSPACE)


@app.command()
def update(
    ctx: typer.Context,
    workspace: Slug,
    name: Annotated[str, typer.Option(help="Name for people.")],
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Change a workspace's name for people."""
    it = parse(workspace, 1)
    body = {"workspace": {"display_name": name}, "update_mask": {"paths": ["workspace.display_name"]}}
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("PATCH", it.path, body, wait)
    written(answer, f"workspace {it.short} changed", as_json=as_json)


@app.command()
def delete(ctx: typer.Context, workspace: Slug, yes: Yes = False, wait: Wait = None, as_json: AsJson = False) -> None:
    """Delete a workspace that has no sources."""
    it = parse(workspace, 1)
    confirm(f"Delete workspace {it.short}?", yes)
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("DELETE", it.path, wait=wait)
    written(answer, f"workspace {it.short} deleted", as_json=as_json)
