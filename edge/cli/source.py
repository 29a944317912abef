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
Client = Annotated[
    str | None, typer.Option("--client", help="What its loader is made of: edgewise, or the official analytics-next.")
]
ClientVersion = Annotated[
    str | None, typer.Option(metavar="VERSION", help='Of analytics-next; "", or none given: the newest there is.')
]
Bundle = Annotated[
    str | None,
    typer.Option(help='Destinations\' code: inline (in the loader) or separate; "" lets the edge choose by size.'),
]


def _wanted(
    name: str | None, api_host: str | None, client: str | None, client_version: str | None, bundle: str | None
) -> tuple[dict[str, Any], list[str]]:
    """A source's fields as far as they were given, and their paths."""
    simple = {"display_name": name, "client": client, "client_version": client_version, "bundle": bundle}
    fields: dict[str, Any] = {field: value for field, value in simple.items() if value is not None}
    paths = [f"source.{field}" for field in fields]
    if api_host is not None:
        fields["library_config"] = {"api_host": api_host}
        paths.append("source.library_config.api_host")
    return fields, paths


@app.command()
def create(
    ctx: typer.Context,
    source: Source,
    *,
    kind: Annotated[str, typer.Option("--type", help="As javascript, ios, python: see `edgewise catalog sources`.")],
    write_key: Annotated[str | None, typer.Option(help="Adopt this key; one is made where none is given.")] = None,
    name: DisplayName = None,
    api_host: ApiHost = None,
    client: Client = None,
    client_version: ClientVersion = None,
    bundle: Bundle = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Create a source with a write key."""
    it = parse(source, 2)
    wanted, _ = _wanted(name, api_host, client, client_version, bundle)
    wanted |= {"name": it.full, "catalog_name": f"catalog/sources/{kind}"}
    if write_key is not None:
        wanted["write_keys"] = [write_key]
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
    client: Client = None,
    client_version: ClientVersion = None,
    bundle: Bundle = None,
    tracking_plan: TrackingPlan = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Change a source's name for people, where its events go, what its loader is made of, or its tracking plan."""
    it = parse(source, 2)
    changed, paths = _wanted(name, api_host, client, client_version, bundle)
    if tracking_plan is not None:
        changed["tracking_plan"] = read_document("--tracking-plan", tracking_plan) if tracking_plan else None
        paths.append("source.tracking_plan")
    if not paths:
        hint = "Add --name, --api-host, --client, --client-version, --bundle or --tracking-plan."
        raise CliError("nothing to change was given", hint, USAGE)
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("PATCH", it.path, {"source": changed, "update_mask": {"paths": paths}}, wait)
    if not as_json:
        details(answer.body, SOURCE_DETAILS)
    written(answer, f"source {it.short} changed", as_json=as_json)
    if bundle == "separate" and not as_json:
        for key in answer.body["write_keys"]:
            remark(f"Next: put its snippet on pages anew, for the first event's sake: edgewise snippet {key}")


@app.command()
def delete(ctx: typer.Context, source: Source, yes: Yes = False, wait: Wait = None, as_json: AsJson = False) -> None:
    """Delete a source with its destinations; its write keys are never used again."""
    it = parse(source, 2)
    confirm(f"Delete source {it.short} with its destinations?", yes)
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("DELETE", it.path, wait=wait)
    written(answer, f"source {it.short} deleted", as_json=as_json)
