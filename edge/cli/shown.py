"""How each resource reads to a person: a table of one-line rows, or its fields one below the other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from edge.cli.desk import Answer
from edge.cli.names import short
from edge.cli.output import emit, fields, remark, say, table
from edge.model.plan import DEFAULT_EVENT

Resource = Mapping[str, Any]
Columns = Sequence[tuple[str, Callable[[Resource], Any]]]


def client_of(source: Resource) -> str:
    return " ".join(part for part in (source["client"], source["client_version"]) if part)


WORKSPACE: Columns = (
    ("workspace", lambda it: short(it["name"])),
    ("display name", lambda it: it["display_name"]),
    ("created", lambda it: it["create_time"]),
)
SOURCE: Columns = (
    ("source", lambda it: short(it["name"])),
    ("type", lambda it: it["catalog_name"].removeprefix("catalog/sources/")),
    ("write keys", lambda it: it["write_keys"]),
)
SOURCE_DETAILS: Columns = (
    *SOURCE,
    ("display name", lambda it: it["display_name"]),
    ("API host", lambda it: it["library_config"]["api_host"]),
    ("tracking plan", lambda it: plan_of(it.get("tracking_plan"))),
    ("client", client_of),
    ("bundle", lambda it: it["bundle"] or "as the edge chooses, by size"),
    ("created", lambda it: it["create_time"]),
)
DESTINATION: Columns = (
    ("destination", lambda it: short(it["name"])),
    ("mode", lambda it: it["connection_mode"].lower()),
    ("enabled", lambda it: it["enabled"]),
    ("display name", lambda it: it["display_name"]),
)
DESTINATION_DETAILS: Columns = (
    *DESTINATION,
    ("consent", lambda it: it["consent_categories"]),
    ("created", lambda it: it["create_time"]),
    ("changed", lambda it: it["update_time"]),
)
FILTER: Columns = (
    ("filter", lambda it: it["id"]),
    ("enabled", lambda it: it["enabled"]),
    ("title", lambda it: it["title"]),
    ("if", lambda it: it["if"]),
    ("does", lambda it: [action_of(one) for one in it["actions"]]),
)
FILTER_DETAILS: Columns = (
    ("filter", lambda it: short(it["name"])),
    *FILTER[1:],
    ("description", lambda it: it["description"]),
    ("created", lambda it: it["create_time"]),
    ("changed", lambda it: it["update_time"]),
)
TOKEN: Columns = (
    ("token", lambda it: it["id"]),
    ("workspace", lambda it: [short(name) for name in it["workspace_names"]]),
    ("expires", lambda it: it["expire_time"][:10]),
    ("scopes", lambda it: it["scopes"]),
)
TOKEN_DETAILS: Columns = (
    TOKEN[0],
    TOKEN[1],
    ("scopes", lambda it: it["scopes"]),
    ("description", lambda it: it["description"]),
    ("created", lambda it: it["create_time"]),
    ("expires", lambda it: it["expire_time"]),
)
DEFINITION: Columns = (
    ("slug", lambda it: it["slug"]),
    ("name", lambda it: it["display_name"]),
    ("category", lambda it: it["categories"]["primary"]),
)


def plan_of(plan: Resource | None) -> str:
    """A tracking plan in a line."""
    if not plan:
        return ""
    track: Resource = plan["track"]
    named = {event: planned for event, planned in track.items() if event != DEFAULT_EVENT}
    blocked = sum(not planned["enabled"] for planned in named.values())
    others = "enabled" if track.get(DEFAULT_EVENT, {"enabled": True})["enabled"] else "disabled"
    return f"{len(named)} events, {blocked} of them disabled; others {others}"


def action_of(action: Resource) -> str:
    """A filter's action in a few words."""
    match action:
        case {"type": "drop_event"}:
            return "drop the event"
        case {"type": "sample_event", "percent": percent, "path": path}:
            return f"let {percent:.6g} of 1 through" + (f" by {path}" if path else "")
        case {"type": kind, "fields": fields}:
            names = [f"{place}.{name}" for place, one in fields.items() for name in one["fields"] or ["nothing"]]
            return f"{'block' if kind == 'blacklist_fields' else 'allow only'} {', '.join(names)}"
    return str(action.get("type"))


def listing(items: Sequence[Resource], collection: str, columns: Columns, *, as_json: bool, nothing: str = "") -> None:
    """A listing, under its API name as JSON. ``nothing`` says what to do where there is none."""
    if as_json:
        emit({collection: list(items)})
    elif items:
        table([name for name, _ in columns], [[read(item) for _, read in columns] for item in items])
    else:
        remark(nothing)


def details(item: Resource, columns: Columns) -> None:
    fields({name: read(item) for name, read in columns})


def settings_of(destination: Resource) -> None:
    """A destination's settings, as the API gives them: secrets masked. Where they cannot be opened it says so."""
    if "config_error" in destination:
        remark(destination["config_error"])
    config = destination.get("config") or []
    if config:
        say()
        table(["setting", "value"], [[entry["name"].rpartition("/config/")[2], entry.get("value")] for entry in config])


def written(answer: Answer, done: str, *, as_json: bool) -> None:
    """The end of a write: the resource was printed before, unless as JSON, where everything is one document."""
    if as_json:
        beside = {"position": answer.position, "receipt": answer.receipt}
        emit(dict(answer.body) | {name: value for name, value in beside.items() if value is not None})
        return
    say(done + outcome(answer))
    for advice in answer.body.get("advice") or []:
        remark(f"Advice: {advice['message']}")


def outcome(answer: Answer) -> str:
    """Where the change is: its position, and, where it was waited for, whether it is live."""
    match answer:
        case Answer(receipt="live" | "settled"):
            return f", position {answer.position}, live on every node"
        case Answer(receipt="pending"):
            return f", position {answer.position}, not live everywhere yet: see `edgewise receipt {answer.position}`"
        case _:
            return f", position {answer.position}"
