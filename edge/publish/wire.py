"""The manifest in Segment's dialect: what analytics.js-style and mobile clients read.

Field by field, what each client does with it: analytics-next ``browser/settings.ts``, ``plugins/remote-loader``,
analytics-kotlin ``Settings.kt``. Unknown fields are ignored by all of them; ``integrations`` must be there.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from edge.model.plan import TrackingPlan
from edge.model.source import LibraryConfig
from edge.publish.manifest import Manifest, Named, Packaged, Plugin
from edge.publish.routing import rule_as_json

DEFAULT_PATH = "v1"


@dataclass(frozen=True, slots=True)
class Origin:
    """What this instance adds to a manifest: its public base URL, and where events go when a source does not say.

    ``public_url`` has a scheme and no trailing slash. ``api_host`` is as in LibraryConfig; ``None`` is the edge's sink.
    """

    public_url: str
    api_host: str | None = None


@dataclass(frozen=True, slots=True)
class Collector:
    protocol: str
    host: str


def collector(library: LibraryConfig, origin: Origin) -> Collector:
    """Where a source's events go: its own API host, the instance's, or this edge's ``/v1`` sink."""
    chosen = library.api_host or origin.api_host or f"{origin.public_url}/{DEFAULT_PATH}"
    protocol, separator, host = chosen.partition("://")
    return Collector(protocol, host) if separator else Collector("https", chosen)


def settings_document(manifest: Manifest, write_key: str, origin: Origin) -> dict[str, Any]:
    """The settings document of ``GET /v1/projects/{writeKey}/settings``."""
    target = collector(manifest.library, origin)
    segment: dict[str, Any] = {
        "apiKey": write_key,
        "apiHost": target.host,
        "protocol": target.protocol,
        "addBundledMetadata": True,
        "unbundledIntegrations": [named.creation_name for named in manifest.named],
    }
    if not manifest.library.retry_queue:
        segment["retryQueue"] = False
    integrations = _integrations(manifest)
    # Last, so that no destination's name can take the place of the collector's entry.
    integrations["Segment.io"] = segment
    # Without `metrics` the official client reports usage to its vendor, whoever collects the events.
    metrics = {"host": target.host, "sampleRate": 1} if manifest.library.metrics_enabled else {"sampleRate": 0}
    document: dict[str, Any] = {
        "integrations": integrations,
        "remotePlugins": [_remote_plugin(plugin, origin) for plugin in manifest.plugins],
        "metrics": metrics,
        "legacyVideoPluginsEnabled": False,
    }
    # Only where there is something to say: each of these costs the official client a chunk of code before any event.
    if manifest.rules:
        document["middlewareSettings"] = {"routingRules": [rule_as_json(rule) for rule in manifest.rules]}
    if manifest.consent is not None:
        document["consentSettings"] = {
            "allCategories": list(manifest.consent.categories),
            "hasUnmappedDestinations": manifest.consent.unmapped,
        }
    if manifest.plan is not None:
        document["plan"] = {"track": plan_as_json(manifest.plan)}
    return document


def plan_as_json(plan: TrackingPlan) -> dict[str, Any]:
    """``integrations`` in each: the official client's classic destinations do not ask whether it is there."""
    return {
        event: {"enabled": planned.enabled, "integrations": dict(planned.integrations)}
        for event, planned in plan.items()
    }


def _integrations(manifest: Manifest) -> dict[str, Any]:
    """The entries besides the collector's, by creation name: settings of mobile device mode, and what plan and consent
    need on the web.

    The official client reads a plan only where ``integrations`` has more than one key, and consent wrappers look for
    categories there. ``componentTypes`` without ``browser`` keeps it from loading a classic bundle; ``unbundled`` says
    that events of cloud mode go out from a server.
    """
    entries: dict[str, dict[str, Any]] = {one.creation_name: dict(one.settings) for one in manifest.packaged}
    by_name = manifest.consent.by_name if manifest.consent is not None else {}
    if manifest.platform == "web":
        planned = manifest.plan is not None
        listed = [one.creation_name for one in manifest.plugins if planned or one.creation_name in by_name]
        entries |= {name: {"versionSettings": {"componentTypes": []}} for name in listed}
        if planned and not listed:
            entries |= {
                one.creation_name: {"bundlingStatus": "unbundled", "versionSettings": {"componentTypes": []}}
                for one in manifest.named
            }
    for name, categories in by_name.items():
        entries[name]["consentSettings"] = {"categories": list(categories)}
    return entries


def integrations_document(manifest: Manifest) -> list[dict[str, str]]:
    """The list that consent managers ask for: ``GET /v1/projects/{writeKey}/integrations``."""
    entries: tuple[Plugin | Packaged | Named, ...] = (*manifest.plugins, *manifest.packaged, *manifest.named)
    found = {
        entry.creation_name: {
            "name": entry.creation_name,
            "creationName": entry.creation_name,
            "category": entry.category,
        }
        for entry in entries
    }
    return [found[name] for name in sorted(found)]


def asset_path(slug: str, content_hash: str) -> str:
    return f"/next-integrations/actions/{slug}/{content_hash}.js"


def _remote_plugin(plugin: Plugin, origin: Origin) -> dict[str, Any]:
    # Each its own categories: the wrappers' entry in `integrations` is one for all destinations of a definition.
    consent = {"consentSettings": {"categories": list(plugin.consent)}} if plugin.consent else {}
    return {
        "name": plugin.name,
        "creationName": plugin.creation_name,
        "libraryName": plugin.bundle.library_name,
        "url": origin.public_url + asset_path(plugin.slug, plugin.bundle.hash),
        "integrity": plugin.bundle.integrity,
        "settings": dict(plugin.settings),
        **consent,
    }


def to_json(document: Any) -> bytes:
    """Sorted keys: the same manifest, the same bytes, the same ETag on every node."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
