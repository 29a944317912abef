"""`edgewise catalog`."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from edge.cli.desk import open_desk
from edge.cli.names import checked_slug
from edge.cli.options import AsJson, place_of
from edge.cli.output import cell, emit, fields, paragraph, say
from edge.cli.shown import DEFINITION, listing

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
