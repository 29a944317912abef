"""`edgewise destination create` and `update`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from edge.cli.desk import Answer, Desk, open_desk
from edge.cli.errors import USAGE, CliError
from edge.cli.names import Name, checked_slug, parse
from edge.cli.options import AsJson, Wait, place_of
from edge.cli.output import remark
from edge.cli.shown import DESTINATION_DETAILS, details, settings_of, written
from edge.cli.values import parse_sets

CATALOG = "catalog/destinations/"


class Mode(StrEnum):
    """Connection modes."""

    DEVICE = "device"
    CLOUD = "cloud"


Destination = Annotated[
    str, typer.Argument(metavar="WORKSPACE/SOURCE/DESTINATION", help="The destination, as acme/site/amplitude.")
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="A setting; may be repeated. VALUE may be @file or @- (standard input)."
    ),
]
ConnectionMode = Annotated[Mode | None, typer.Option("--mode", help="Where events are delivered: page, or servers.")]
DisplayName = Annotated[str | None, typer.Option("--name", help="Name for people.")]
Consent = Annotated[
    list[str] | None,
    typer.Option("--consent", metavar="CATEGORY", help="Consent that it needs before it loads; may be repeated."),
]


def create(
    ctx: typer.Context,
    destination: Destination,
    *,
    sets: Sets = None,
    definition: Annotated[
        str | None, typer.Option(metavar="SLUG", help="What it is in the catalog, where its own slug does not say.")
    ] = None,
    mode: ConnectionMode = None,
    name: DisplayName = None,
    consent: Consent = None,
    enable: Annotated[bool, typer.Option("--enable", help="Enable it at once.")] = False,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Connect a destination to a source.

    Its slug is that of its definition in the catalog, as amplitude; for a second one of the same definition choose
    any slug and add --definition. Without --enable it stays off.
    """
    it = parse(destination, 3)
    wanted: dict[str, Any] = {"name": it.full, "enabled": enable}
    if definition is not None:
        wanted["catalog_name"] = CATALOG + definition
    if mode is not None:
        wanted["connection_mode"] = mode.upper()
    if name is not None:
        wanted["display_name"] = name
    if consent:
        wanted["consent_categories"] = consent
    with open_desk(place_of(ctx)) as desk:
        wanted["config"] = config_of(desk, definition or it.slug, sets)
        answer = desk.write("POST", f"{it.parent.path}/destinations", {"destination": wanted}, wait)
    _show(answer, it, "created", as_json=as_json)
    if not enable:
        remark(f"It is off. To enable it: edgewise destination update {it.short} --enable")


def update(
    ctx: typer.Context,
    destination: Destination,
    *,
    sets: Sets = None,
    unset: Annotated[
        list[str] | None, typer.Option("--unset", metavar="NAME", help="Back to the default; may be repeated.")
    ] = None,
    enable: Annotated[bool | None, typer.Option("--enable/--disable", help="Switch it on or off.")] = None,
    mode: ConnectionMode = None,
    name: DisplayName = None,
    consent: Consent = None,
    no_consent: Annotated[bool, typer.Option("--no-consent", help="It needs no consent any more.")] = False,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Change a destination: its settings, its mode, its name, its consent, on or off. What is not named stays."""
    it = parse(destination, 3)
    changed: dict[str, Any] = {}
    if enable is not None:
        changed["enabled"] = enable
    if mode is not None:
        changed["connection_mode"] = mode.upper()
    if name is not None:
        changed["display_name"] = name
    if consent and no_consent:
        raise CliError("--consent and --no-consent exclude each other", "Keep one of the two.", USAGE)
    if consent or no_consent:
        changed["consent_categories"] = consent or []
    with open_desk(place_of(ctx)) as desk:
        if sets or unset:
            changed["config"] = config_of(desk, _definition_of(desk, it), sets, unset)
        if not changed:
            raise CliError(
                "nothing to change was given",
                "Add --set, --unset, --enable, --disable, --mode, --name, --consent or --no-consent.",
                USAGE,
            )
        mask = {"paths": [f"destination.{field}" for field in changed]}
        answer = desk.write("PATCH", it.path, {"destination": changed, "update_mask": mask}, wait)
    _show(answer, it, "changed", as_json=as_json)


def config_of(
    desk: Desk, definition: str, sets: list[str] | None, unset: list[str] | None = None
) -> list[dict[str, Any]]:
    """The API's ``config``: values read by the types of the definition; ``None`` empties a setting."""
    if not sets and not unset:
        return []
    entry = desk.get(f"/{CATALOG}{checked_slug(definition)}")
    types: Mapping[str, str] = {setting["name"]: setting["type"] for setting in entry["settings"]}
    values = parse_sets(sets or [], types)
    for name in unset or []:
        if name in values:
            raise CliError(f'"{name}" is both set and unset', "Keep one of the two.", USAGE)
        values[name] = None
    return [{"name": name, "value": value} for name, value in values.items()]


def _definition_of(desk: Desk, it: Name) -> str:
    return str(desk.get(it.path)["catalog_name"]).removeprefix(CATALOG)


def _show(answer: Answer, it: Name, done: str, *, as_json: bool) -> None:
    if not as_json:
        details(answer.body, DESTINATION_DETAILS)
        settings_of(answer.body)
    written(answer, f"destination {it.short} {done}", as_json=as_json)
