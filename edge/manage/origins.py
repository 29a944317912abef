"""Where each entry of a published document comes from: destination, setting, definition, filter, consent, plan. Pure.

The document is the one that is published, and every value in it stands in exactly one line: put together again, the
lines are the document.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.manage.lines import Cause, Line, Path, untold
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter, FilterAction
from edge.model.source import Source
from edge.publish.manifest import build, plugin_name
from edge.publish.placement import Place, place
from edge.publish.routing import ORDER, obstacle_of, taken_of
from edge.publish.wire import Origin, settings_document

SEGMENT = ("integrations", "Segment.io")
UNBUNDLED = (*SEGMENT, "unbundledIntegrations")
CLASSIC = "so that the official client reads consent and plan, and loads no classic bundle"


@dataclass(frozen=True, slots=True)
class Part:
    """What one destination, or the source itself, adds to the document. ``destination`` is its slug, or empty."""

    title: str
    destination: str = ""
    place: Place | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """A source with all that its documents are made of, as of one position."""

    source: Source
    destinations: Sequence[Destination]
    definitions: Mapping[str, Definition]
    filters: Sequence[Filter] = ()


@dataclass(slots=True)
class _Placed:
    destination: Destination
    definition: Definition
    place: Place
    lines: list[Line] = field(default_factory=list)


def document_of(image: Image, write_key: str, origin: Origin) -> dict[str, Any]:
    """Raises SecretUnreadableError where settings that are published cannot be opened."""
    manifest = build(image.source, image.destinations, image.definitions, image.filters)
    return settings_document(manifest, write_key, origin)


def parts_of(image: Image, document: Mapping[str, Any], origin: Origin) -> tuple[Part, ...]:
    """``document`` line by line: first what is the source's, then each destination that is published."""
    placed = list(_placed(image))
    source = [*_collector(image.source, document, placed, origin)]
    shared = [*_consent(document, placed), *_plan(document)]
    for number, one in enumerate(_of(placed, "plugin")):
        one.lines += _plugin(number, document["remotePlugins"][number], one)
    for one in placed:
        one.lines += _integration(document, one, placed)
        one.lines += _rule(document, one, image.filters)
    lines = [*source, *shared, *(line for one in placed for line in one.lines)]
    source += [Line(path, value, "edge", "always so") for path, value in untold(document, {one.path for one in lines})]
    parts = [Part("The source itself", lines=tuple(source))]
    parts += [
        Part(one.destination.display_name, one.destination.slug, one.place, tuple(one.lines))
        for one in placed
        if one.lines
    ]
    for title, root in (("Consent", "consentSettings"), ("Tracking plan", "plan")):
        mine = tuple(line for line in shared if line.path[0] == root)
        if mine:
            parts.append(Part(title, lines=mine))
    return tuple(parts)


def _placed(image: Image) -> Iterator[_Placed]:
    for destination in sorted(image.destinations, key=lambda one: one.name):
        definition = image.definitions.get(destination.definition)
        where = place(image.source.platform, destination, definition).place
        if definition is not None and where != "withheld":
            yield _Placed(destination, definition, where)


def _of(placed: Sequence[_Placed], where: Place) -> list[_Placed]:
    return [one for one in placed if one.place == where]


def _collector(
    source: Source, document: Mapping[str, Any], placed: Sequence[_Placed], origin: Origin
) -> Iterator[Line]:
    segment = document["integrations"]["Segment.io"]
    if source.library.api_host is not None:
        host: tuple[Cause, str] = ("source", "the source's API host")
    elif origin.api_host is not None:
        host = ("edge", "this edge's API host (EDGE_API_HOST), since the source has none of its own")
    else:
        host = ("edge", "this edge's own sink, which discards events: neither source nor edge has an API host")
    yield Line((*SEGMENT, "apiKey"), segment["apiKey"], "source", "the write key that the document was asked by")
    yield Line((*SEGMENT, "apiHost"), segment["apiHost"], *host)
    yield Line((*SEGMENT, "protocol"), segment["protocol"], *host)
    if "retryQueue" in segment:
        yield Line((*SEGMENT, "retryQueue"), segment["retryQueue"], "source", "the source's retry queue is off")
    named = segment["unbundledIntegrations"]
    # One entry for all cloud-mode destinations of a name, as events name no single one.
    first: dict[str, _Placed] = {}
    for one in _of(placed, "named"):
        earlier = first.setdefault(one.definition.creation_name, one)
        if earlier is one:
            entry = (*UNBUNDLED, named.index(one.definition.creation_name))
            why = f"{one.destination.display_name} is in cloud mode: its name, and nothing else of it"
            one.lines.append(Line(entry, one.definition.creation_name, "destination", why))
    if not named:
        yield Line(UNBUNDLED, named, "source", "it has no enabled destination in cloud mode")
    if not document["remotePlugins"]:
        why = "no page loads code" if source.platform != "web" else "it has no enabled destination in device mode"
        yield Line(("remotePlugins",), [], "source", why)
    on = "on" if source.library.metrics_enabled else "off"
    for name, value in document["metrics"].items():
        yield Line(("metrics", name), value, "source", f"the client's reports of its own use are {on} for the source")


def _plugin(number: int, plugin: Mapping[str, Any], one: _Placed) -> Iterator[Line]:
    root: Path = ("remotePlugins", number)
    name = one.definition.name
    for key, value in plugin.items():
        match key:
            case "settings":
                yield from _settings((*root, key), value, one)
            case "consentSettings":
                yield Line((*root, key), value, "consent", "the destination's consent categories")
            case "name" if one.destination.slug != one.definition.slug:
                yield Line((*root, key), value, "destination", f"one of several of {name}, told apart by its slug")
            case "url":
                yield Line((*root, key), value, "definition", f"the code of {name}, by its content, on this edge")
            case "integrity":
                yield Line((*root, key), value, "definition", f"the digest of {name}'s code: browsers check it")
            case _:
                yield Line((*root, key), value, "definition", f"the definition of {name}")


def _settings(path: Path, values: Mapping[str, Any], one: _Placed) -> Iterator[Line]:
    if not values:
        yield Line(path, {}, "definition", "no setting that may be published has a value")
    for name, value in values.items():
        setting = one.definition.setting(name)
        label = setting.display_name if setting is not None else name
        if one.destination.settings.get(name) is not None:
            yield Line((*path, name), value, "setting", f"the setting {label}")
        else:
            yield Line((*path, name), value, "default", f"the default of {label}, as {one.definition.name} defines it")


def _integration(document: Mapping[str, Any], one: _Placed, placed: Sequence[_Placed]) -> Iterator[Line]:
    """The entry under ``integrations``: of all destinations of a creation name, it is shown with the first."""
    name = one.definition.creation_name
    alike = [other for other in placed if other.definition.creation_name == name]
    entry = document["integrations"].get(name) if name != "Segment.io" else None
    first = next((other for other in alike if other.place == "packaged"), alike[0])
    if entry is None or first is not one:
        return
    root = ("integrations", name)
    consent = {key: value for key, value in entry.items() if key == "consentSettings"}
    if consent:
        whose = "the consent categories of all its destinations" if len(alike) > 1 else "its consent categories"
        yield Line((*root, "consentSettings"), consent["consentSettings"], "consent", whose)
    if one.place == "packaged":
        yield from _settings(root, {key: value for key, value in entry.items() if key not in consent}, one)
        return
    for key, value in entry.items():
        if key not in consent:
            yield Line((*root, key), value, "edge", CLASSIC)


def _rule(document: Mapping[str, Any], one: _Placed, filters: Sequence[Filter]) -> Iterator[Line]:
    rules = document.get("middlewareSettings", {}).get("routingRules", [])
    name = plugin_name(one.destination, one.definition)
    number = next((number for number, rule in enumerate(rules) if rule["pluginName"] == name), None)
    if number is None or one.place == "named":
        return
    root: Path = ("middlewareSettings", "routingRules", number)
    rule = rules[number]
    for key in ("scope", "target_type"):
        yield Line((*root, key), rule[key], "edge", "what the official client's filters are called")
    for key in ("destinationName", "pluginName"):
        yield Line((*root, key), rule[key], "definition", f"which destination: the definition of {one.definition.name}")
    taken = taken_of([each for each in filters if each.destination_id == one.destination.id])
    for step, (each, action) in enumerate(taken):
        why = _filter_in_words(each, action)
        yield Line((*root, "matchers", step), rule["matchers"][step], "filter", f"when: {why}")
        yield Line((*root, "transformers", step), rule["transformers"][step], "filter", f"then: {why}")


def _filter_in_words(one: Filter, action: FilterAction) -> str:
    called = f"the filter {one.title}" if one.title else f"the filter {one.id}"
    if obstacle_of(one.condition):
        return f"{called}, which drops everything, since no device can evaluate {one.condition}"
    verbs = dict(zip(ORDER, ("drops", "samples", "blocks fields", "allows fields"), strict=True))
    return f"{called} {verbs[action.type]} where {one.condition}"


def _consent(document: Mapping[str, Any], placed: Sequence[_Placed]) -> Iterator[Line]:
    consent = document.get("consentSettings")
    if consent is None:
        return
    for number, category in enumerate(consent["allCategories"]):
        asking = [one.destination.display_name for one in placed if category in one.destination.consent_categories]
        yield Line(("consentSettings", "allCategories", number), category, "consent", f"needed by {', '.join(asking)}")
    without = [one.destination.display_name for one in placed if not one.destination.consent_categories]
    why = f"{', '.join(without)} need no consent" if without else "every published destination needs some consent"
    unmapped = consent["hasUnmappedDestinations"]
    yield Line(("consentSettings", "hasUnmappedDestinations"), unmapped, "consent", why)


def _plan(document: Mapping[str, Any]) -> Iterator[Line]:
    for event, planned in document.get("plan", {}).get("track", {}).items():
        why = "every event that the plan does not name" if event == "__default" else "the source's tracking plan"
        yield Line(("plan", "track", event), planned, "plan", why)
    if "plan" in document and not document["plan"]["track"]:
        yield Line(("plan", "track"), {}, "plan", "the source's tracking plan names no event")
