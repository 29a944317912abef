"""`edgewise explain`."""

from collections.abc import Mapping
from typing import Any

import typer

from edge.cli.desk import open_desk
from edge.cli.names import checked_key, short
from edge.cli.options import AsJson, place_of
from edge.cli.output import emit, fields, paragraph, say, table
from edge.cli.shown import client_of
from edge.cli.snippet import WriteKey


def explain(ctx: typer.Context, write_key: WriteKey, as_json: AsJson = False) -> None:
    """Say of each destination of a source whether it is published, and why."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.get(f"/explain/{checked_key(write_key)}")
    if as_json:
        emit(found)
        return
    fields(
        {
            "source": short(found["source"]),
            "platform": found["platform"],
            "client": client_of(found),
            "write keys": found["write_keys"],
            "events go to": found["collector"],
            "position": found["position"],
            **plan_explained(found["tracking_plan"]),
            **consent_explained(found["consent"]),
        }
    )
    if found["destinations"]:
        say()
        table(
            ["destination", "mode", "published", "why"],
            [
                [
                    short(one["name"]).rpartition("/")[2],
                    one["connection_mode"].lower(),
                    one["published"],
                    one["reason"],
                ]
                for one in found["destinations"]
            ],
        )
    else:
        say("It has no destination.")
    for one in found["destinations"]:
        if one["consent_categories"]:
            say()
            say(f"{short(one['name'])} needs consent to: {', '.join(one['consent_categories'])}")
        if one["exposed_settings"]:
            say()
            paragraph(f"Settings that the page or app is given, {short(one['name'])}:", indent=0)
            paragraph(", ".join(one["exposed_settings"]), indent=2)
    filters = [(short(one["name"]), each) for one in found["destinations"] for each in one["filters"]]
    if filters:
        say()
        table(
            ["filter", "of", "applied by", "if", "does"],
            [
                [
                    one["name"].rpartition("/")[2],
                    destination.rpartition("/")[2],
                    one["applied_by"],
                    one["if"],
                    one["actions"],
                ]
                for destination, one in filters
            ],
        )
    for text in found["warnings"]:
        say(f"Warning: {text}")
    for one in found["destinations"]:
        for text in one["warnings"]:
            say(f"Warning: {short(one['name'])}: {text}")


def plan_explained(plan: Mapping[str, Any] | None) -> dict[str, str]:
    if plan is None:
        return {}
    others = "enabled" if plan["others_enabled"] else "disabled"
    return {
        "tracking plan": f"{plan['events']} events, {len(plan['disabled'])} of them disabled; others {others}",
    }


def consent_explained(consent: Mapping[str, Any] | None) -> dict[str, str]:
    if consent is None:
        return {}
    unmapped = "; some destination needs none" if consent["has_unmapped_destinations"] else ""
    return {"consent": ", ".join(consent["categories"]) + unmapped}
