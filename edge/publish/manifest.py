"""The manifest: what one source publishes, as a value without any client's dialect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.model.definition import ADDED, Bundle, Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.plan import TrackingPlan
from edge.model.source import LibraryConfig, Platform, Source
from edge.publish.consent import Consent, Needed, consent_of
from edge.publish.placement import place
from edge.publish.routing import Rule, steps_of


@dataclass(frozen=True, slots=True)
class Plugin:
    """A device-mode destination of a web source: code that the page loads, and the settings it is given.

    ``added``: its definition and its code are not of a release.
    """

    name: str
    creation_name: str
    slug: str
    category: str
    bundle: Bundle
    settings: Mapping[str, Any]
    consent: tuple[str, ...] = ()
    added: bool = False


@dataclass(frozen=True, slots=True)
class Packaged:
    """A device-mode destination of a mobile source: settings for an SDK that the app brings."""

    creation_name: str
    category: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """A cloud-mode destination: nothing but its name."""

    creation_name: str
    category: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a source publishes, in a fixed order: the same documents always make the same bytes.

    ``rules`` are of device-mode destinations with filters. There is no ``consent`` where no destination needs any.
    """

    platform: Platform
    library: LibraryConfig
    plugins: tuple[Plugin, ...]
    packaged: tuple[Packaged, ...]
    named: tuple[Named, ...]
    rules: tuple[Rule, ...] = ()
    consent: Consent | None = None
    plan: TrackingPlan | None = None


def build(
    source: Source,
    destinations: Sequence[Destination],
    definitions: Mapping[str, Definition],
    filters: Sequence[Filter] = (),
) -> Manifest:
    """Collect what each destination's placement allows; order is by resource name. ``filters`` are the source's."""
    plugins: list[Plugin] = []
    packaged: dict[str, Packaged] = {}
    named: dict[str, Named] = {}
    rules: list[Rule] = []
    needed: list[Needed] = []
    for destination in sorted(destinations, key=lambda candidate: candidate.name):
        definition = definitions.get(destination.definition)
        if definition is None:
            continue
        creation_name, category = definition.creation_name, definition.category
        consent = destination.consent_categories
        where = place(source.platform, destination, definition).place
        match where:
            case "plugin" if definition.bundle is not None:
                settings = exposed(destination, definition)
                name = plugin_name(destination, definition)
                bundle, added = definition.bundle, definition.release == ADDED
                plugins.append(Plugin(name, creation_name, definition.slug, category, bundle, settings, consent, added))
            case "packaged":
                packaged.setdefault(creation_name, Packaged(creation_name, category, exposed(destination, definition)))
            case "named":
                named.setdefault(creation_name, Named(creation_name, category))
            case _:
                continue
        needed.append(Needed(creation_name, consent, where != "named"))
        steps = steps_of([one for one in filters if one.destination_id == destination.id])
        if steps and where != "named":
            rules.append(Rule(creation_name, plugin_name(destination, definition), steps))
    on_device = source.platform != "server"
    return Manifest(
        source.platform,
        source.library,
        tuple(plugins),
        tuple(packaged.values()),
        tuple(named.values()),
        tuple(rules),
        consent_of(needed) if on_device else None,
        source.tracking_plan if on_device else None,
    )


def plugin_name(destination: Destination, definition: Definition) -> str:
    """Unique in its source: clients tell plugins of one definition apart by it."""
    if destination.slug == definition.slug:
        return definition.name
    return f"{definition.name} ({destination.slug})"


def exposed(destination: Destination, definition: Definition) -> dict[str, Any]:
    """The allow-list: values and defaults of exposed settings, nothing else (DESIGN section 8.5)."""
    published: dict[str, Any] = {}
    for setting in definition.settings:
        if not setting.expose or setting.secret:
            continue
        value = destination.settings.get(setting.name, setting.default)
        if value is not None:
            published[setting.name] = value
    return published
