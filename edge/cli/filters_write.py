"""`edgewise filter create` and `update`."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from edge.cli.desk import open_desk
from edge.cli.errors import USAGE, CliError
from edge.cli.names import Name, parse, short
from edge.cli.options import AsJson, Wait, place_of
from edge.cli.output import remark
from edge.cli.shown import FILTER_DETAILS, details, written

Filter = Annotated[
    str,
    typer.Argument(
        metavar="WORKSPACE/SOURCE/DESTINATION/FILTER",
        help="The filter, as acme/site/amplitude/df_...; see `edgewise filter list`.",
    ),
]
Condition = Annotated[str | None, typer.Option("--if", metavar="FQL", help='The condition, as event = "X", or all.')]
Drop = Annotated[bool, typer.Option("--drop", help="Drop the events for which it holds.")]
Sample = Annotated[float | None, typer.Option(metavar="PART", help="Let this part of them through, as 0.1.")]
By = Annotated[str | None, typer.Option(metavar="PATH", help="Sample the values of this field, as userId.")]
Block = Annotated[
    list[str] | None, typer.Option(metavar="FIELD", help="Take this field out, as context.ip; may be repeated.")
]
Allow = Annotated[
    list[str] | None,
    typer.Option(metavar="FIELD", help="Leave only this field of its object, as properties.plan; may be repeated."),
]
Title = Annotated[str | None, typer.Option(help="Name for people.")]
Description = Annotated[str | None, typer.Option(help="What it is for.")]


def create(
    ctx: typer.Context,
    destination: Annotated[
        str, typer.Argument(metavar="WORKSPACE/SOURCE/DESTINATION", help="The destination, as acme/site/amplitude.")
    ],
    *,
    condition: Condition = None,
    drop: Drop = False,
    sample: Sample = None,
    by: By = None,
    block: Block = None,
    allow: Allow = None,
    title: Title = None,
    description: Description = None,
    enable: Annotated[bool, typer.Option("--enable", help="Enable it at once.")] = False,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Add a filter to a destination. Without --enable it stays off."""
    it = parse(destination, 3)
    actions = actions_of(drop=drop, sample=sample, by=by, block=block or (), allow=allow or ())
    if condition is None or not actions:
        raise CliError(
            "a filter needs a condition and an action",
            "Add --if (all is every event), and --drop, --sample, --block or --allow.",
            USAGE,
        )
    wanted: dict[str, Any] = {"if": condition, "actions": actions, "enabled": enable}
    wanted |= _named(title=title, description=description)
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("POST", f"{it.path}/filters", {"filter": wanted}, wait)
    made = Name((*it.slugs, str(answer.body["id"])))
    if not as_json:
        details(answer.body, FILTER_DETAILS)
    written(answer, f"filter {made.short} created", as_json=as_json)
    if not enable:
        remark(f"It is off. To enable it: edgewise filter update {made.short} --enable")


def update(
    ctx: typer.Context,
    filter_: Filter,
    *,
    condition: Condition = None,
    drop: Drop = False,
    sample: Sample = None,
    by: By = None,
    block: Block = None,
    allow: Allow = None,
    title: Title = None,
    description: Description = None,
    enable: Annotated[bool | None, typer.Option("--enable/--disable", help="Switch it on or off.")] = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Change a filter. Actions that are given replace all that it had; what is not named stays."""
    it = parse(filter_, 4)
    actions = actions_of(drop=drop, sample=sample, by=by, block=block or (), allow=allow or ())
    changed = _named(title=title, description=description, enabled=enable)
    changed |= {"actions": actions} if actions else {}
    changed |= {"if": condition} if condition is not None else {}
    if not changed:
        raise CliError(
            "nothing to change was given",
            "Add --if, --drop, --sample, --block, --allow, --title, --description, --enable or --disable.",
            USAGE,
        )
    mask = {"paths": [f"filter.{field}" for field in changed]}
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("PATCH", it.path, {"filter": changed, "update_mask": mask}, wait)
    if not as_json:
        details(answer.body, FILTER_DETAILS)
    written(answer, f"filter {short(answer.body['name'])} changed", as_json=as_json)


def actions_of(
    *, drop: bool, sample: float | None, by: str | None, block: Sequence[str], allow: Sequence[str]
) -> list[dict[str, Any]]:
    """The API's ``actions``."""
    if by is not None and sample is None:
        raise CliError("--by says what is sampled, and nothing is", "Add --sample, as --sample 0.1.", USAGE)
    actions: list[dict[str, Any]] = [{"type": "drop_event"}] if drop else []
    if sample is not None:
        actions.append({"type": "sample_event", "percent": sample, "path": by or ""})
    for kind, option, fields in (("blacklist_fields", "--block", block), ("whitelist_fields", "--allow", allow)):
        if fields:
            actions.append({"type": kind, "fields": _by_place(option, fields)})
    return actions


def _by_place(option: str, fields: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """``context.page.url`` -> the field ``url`` of ``context.page``."""
    found: dict[str, dict[str, list[str]]] = {}
    for field in fields:
        place, dot, name = field.rpartition(".")
        if not dot or not place or not name:
            raise CliError(
                f'{option} "{field}" does not say in which object the field is', "Write it as properties.email.", USAGE
            )
        found.setdefault(place, {"fields": []})["fields"].append(name)
    return found


def _named(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}
