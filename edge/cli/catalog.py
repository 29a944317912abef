"""`edgewise catalog`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.catalog.package import read_package
from edge.cli.desk import open_desk
from edge.cli.names import checked_slug
from edge.cli.options import AsJson, Wait, Yes, confirm, place_of
from edge.cli.output import cell, emit, fields, paragraph, remark, say
from edge.cli.shown import DEFINITION, listing, written

app = typer.Typer(no_args_is_help=True, help="The catalog: which destinations and source types there are.")

SOURCE_TYPE = (
    ("type", lambda it: it["slug"]),
    ("name", lambda it: it["display_name"]),
    ("description", lambda it: it["description"]),
)


@app.command("list")
def list_(
    ctx: typer.Context,
    search: Annotated[str | None, typer.Option(help="Only what has this in its slug, name or category.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the destinations of the catalog."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.pages("/catalog/destinations", "destinations")
    if search is not None:
        found = [entry for entry in found if _matches(entry, search.casefold())]
    nothing = "Nothing in the catalog matches: edgewise catalog list"
    listing(found, "destinations", DEFINITION, as_json=as_json, nothing=nothing)


@app.command()
def show(
    ctx: typer.Context,
    slug: Annotated[str, typer.Argument(help="The definition's slug, as amplitude.")],
    as_json: AsJson = False,
) -> None:
    """Show a definition: where it runs, and its settings."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.get(f"/catalog/destinations/{checked_slug(slug)}")
    if as_json:
        emit(found)
        return
    fields(
        {
            "name": found["display_name"],
            "description": found["description"],
            "website": found["website"],
            "category": found["categories"]["primary"],
            "modes": [f"{platform}: {' or '.join(modes).lower()}" for platform, modes in modes_of(found).items()],
            "methods": [name for name, there in found["methods"].items() if there],
        }
    )
    if found["settings"]:
        say()
        say("Settings", style="bold")
    for setting in found["settings"]:
        say(f"  {setting['name']} ({', '.join([setting['type'], *_marks(setting)])})")
        paragraph(setting["description"], indent=4)


@app.command()
def add(
    ctx: typer.Context,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="<slug>.toml, <slug>.js and bundle.json.")],
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Add a destination of your own to the catalog, or replace it.

    The directory is one that `edgewise destination new` made, or that
    somebody gave you: prove its code first with `edgewise bundle check`.
    """
    package = read_package(directory)
    package.read()
    bundle = {"library_name": package.library_name, "code": package.code} if package.code else None
    body = {"definition": package.text, "bundle": bundle}
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("PUT", f"/catalog/destinations/{package.slug}", body, wait)
    written(answer, f"{package.slug} is in the catalog", as_json=as_json)
    if not as_json:
        remark(f"Next: edgewise destination create WORKSPACE/SOURCE/{package.slug}")


@app.command()
def remove(
    ctx: typer.Context,
    slug: Annotated[str, typer.Argument(help="The slug of a definition that was added.")],
    wait: Wait = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Remove a definition that was added, and that no destination uses."""
    checked = checked_slug(slug)
    with open_desk(place_of(ctx)) as desk:
        confirm(f"Remove {checked} from the catalog?", yes)
        answer = desk.write("DELETE", f"/catalog/destinations/{checked}", None, wait)
    written(answer, f"{checked} removed from the catalog", as_json=as_json)


@app.command()
def sources(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the source types."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.pages("/catalog/sources", "sources")
    listing(found, "sources", SOURCE_TYPE, as_json=as_json)


def modes_of(entry: Mapping[str, Any]) -> dict[str, list[str]]:
    """Platform -> the connection modes that the definition has there."""
    return {platform: modes for platform, modes in entry["connection_modes"].items() if modes}


def _marks(setting: Mapping[str, Any]) -> list[str]:
    """What an admin has to know of a setting: is it needed, is it hidden, does a page get to see it?"""
    marks = {"required": setting["required"], "secret": setting["secret"], "public": setting["exposed"]}
    options = [f"one of {', '.join(setting['options'])}"] if setting["options"] else []
    default = [f"default {cell(setting['default'])}"] if setting["default"] not in (None, "", [], {}) else []
    return [*(name for name, holds in marks.items() if holds), *options, *default]


def _matches(entry: Mapping[str, Any], wanted: str) -> bool:
    words = [entry["slug"], entry["display_name"], entry["categories"]["primary"]]
    return any(wanted in word.casefold() for word in words)
