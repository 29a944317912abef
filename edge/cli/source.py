"""`edgewise source`."""

from typing import Annotated, Any

import typer

from edge.cli.desk import open_desk
from edge.cli.errors import USAGE, CliError
from edge.cli.names import parse
from edge.cli.options import AsJson, Wait, Yes, confirm, place_of
from edge.cli.output import emit, remark
from edge.cli.shown import SOURCE, SOURCE_DETAILS, details, listing, written
from edge.cli.values import read_document

app = typer.Typer(no_args_is_help=True, help="Sources: the sites, apps and servers of a workspace.")

Source = Annotated[str, typer.Argument(metavar="WORKSPACE/SOURCE", help="The source, as acme/site.")]
DisplayName = Annotated[str | None, typer.Option("--name", help="Name for people.")]
ApiHost = Annotated[
    str | None,
    typer.Option(metavar="HOST/PATH", help='Where its events go, as t.example.com/v1; "" for the default.'),
]
TrackingPlan = Annotated[
    str | None,
    typer.Option(metavar="FILE", help='Its tracking plan, as JSON; - is standard input, "" takes it away.'),
]


@app.command()
def create(
    ctx: typer.Context,
    source: Source,
    *,
    kind: Annotated[str, typer.Option("--type", help="As javascript, ios, python: see `edgewise catalog sources`.")],
    write_key: Annotated[str | None, typer.Option(help="Adopt this key; one is made where none is given.")] = None,
    name: DisplayName = None,
    api_host: ApiHost = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Create a source with a write key."""
    it = parse(source, 2)
    wanted: dict[str, Any] = {"name": it.full, "catalog_name": f"catalog/sources/{kind}"}
    if name is not None:
        wanted["display_name"] = name
    if write_key is not None:
        wanted["write_keys"] = [write_key]
    if api_host is not None:
        wanted["library_config"] = {"api_host": api_host}
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("POST", f"{it.parent.path}/sources", {"source": wanted}, wait)
    if not as_json:
        details(answer.body, SOURCE_DETAILS)
    written(answer, f"source {it.short} created", as_json=as_json)
    if not as_json:
        remark(f"Next: edgewise snippet {answer.body['write_keys'][0]}")
        remark(f"      edgewise destination create {it.short}/amplitude --set apiKey=... --enable")


@app.command("list")
def list_(
    ctx: typer.Context,
    workspace: Annotated[str, typer.Argument(metavar="WORKSPACE", help="The workspace, as acme.")],
    as_json: AsJson = False,
) -> None:
    """List the sources of a workspace."""
    it = parse(workspace, 1)
    with open_desk(place_of(ctx)) as desk:
        found = desk.pages(f"{it.path}/sources", "sources")
    nothing = f"{it.short} has no source yet: edgewise source create {it.short}/site --type javascript"
    listing(found, "sources", SOURCE, as_json=as_json, nothing=nothing)


@app.command()
def show(ctx: typer.Context, source: Source, as_json: AsJson = False) -> None:
    """Show a source."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.get(parse(source, 2).path)
    if as_json:
        emit(found)
    else:
        details(found, SOURCE_DETAILS)


@app.command()
def update(
    ctx: typer.Context,
    source: Source,
    *,
    name: DisplayName = None,
    api_host: ApiHost = None,
    tracking_plan: TrackingPlan = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Change a source's name for people, where its events go, or its tracking plan."""
    it = parse(source, 2)
    changed: dict[str, Any] = {}
    paths: list[str] = []
    if name is not None:
        changed["display_name"] = name
        paths.append("source.display_name")
    if api_host is not None:
        changed["library_config"] = {"api_host": api_host}
        paths.append("source.library_config.api_host")
    if tracking_plan is not None:
        changed["tracking_plan"] = read_document("--tracking-plan", tracking_plan) if tracking_plan else None
        paths.append("source.tracking_plan")
    if not paths:
        raise CliError("nothing to change was given", "Add --name, --api-host or --tracking-plan.", USAGE)
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("PATCH", it.path, {"source": changed, "update_mask": {"paths": paths}}, wait)
    if not as_json:
        details(answer.body, SOURCE_DETAILS)
    written(answer, f"source {it.short} changed", as_json=as_json)


@app.command()
def delete(ctx: typer.Context, source: Source, yes: Yes = False, wait: Wait = None, as_json: AsJson = False) -> None:
    """Delete a source with its destinations; its write keys are never used again."""
    it = parse(source, 2)
    confirm(f"Delete source {it.short} with its destinations?", yes)
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("DELETE", it.path, wait=wait)
    written(answer, f"source {it.short} deleted", as_json=as_json)
