"""The manifest: what one source publishes, as a value without any client's dialect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.model.definition import Bundle, Definition
from edge.model.destination import Destination
from edge.model.source import LibraryConfig, Platform, Source
from edge.publish.placement import place


@dataclass(frozen=True, slots=True)
class Plugin:
    """A device-mode destination of a web source: code that the page loads, and the settings it is given."""

    name: str
    creation_name: str
    slug: str
    category: str
    bundle: Bundle
    settings: Mapping[str, Any]


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
    """Everything a source publishes, in a fixed order: the same documents always make the same bytes."""

    platform: Platform
    library: LibraryConfig
    plugins: tuple[Plugin, ...]
    packaged: tuple[Packaged, ...]
    named: tuple[Named, ...]


def build(source: Source, destinations: Sequence[Destination], definitions: Mapping[str, Definition]) -> Manifest:
    """Collect what each destination's placement allows; order is by resource name."""
    plugins: list[Plugin] = []
    packaged: dict[str, Packaged] = {}
    named: dict[str, Named] = {}
    for destination in sorted(destinations, key=lambda candidate: candidate.name):
        definition = definitions.get(destination.definition)
        if definition is None:
            continue
        creation_name, category = definition.creation_name, definition.category
        match place(source.platform, destination, definition).place:
            case "plugin" if definition.bundle is not None:
                settings = exposed(destination, definition)
                name = plugin_name(destination, definition)
                plugins.append(Plugin(name, creation_name, definition.slug, category, definition.bundle, settings))
            case "packaged":
                packaged.setdefault(creation_name, Packaged(creation_name, category, exposed(destination, definition)))
            case "named":
                named.setdefault(creation_name, Named(creation_name, category))
            case _:
                pass
    return Manifest(source.platform, source.library, tuple(plugins), tuple(packaged.values()), tuple(named.values()))


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
