"""What the demo workspace starts with. Keys and ids have the form that each vendor uses; none is real."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.model.definition import ConnectionMode

WORKSPACE = "demo"
SITE = "site"
SITE_KEY = "demo_site_write_key"


@dataclass(frozen=True, slots=True)
class DemoDestination:
    """``definition`` is its slug in the catalog, and the destination's own."""

    definition: str
    mode: ConnectionMode
    settings: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class DemoSource:
    slug: str
    display_name: str
    type: str
    write_key: str
    destinations: tuple[DemoDestination, ...]


SOURCES: tuple[DemoSource, ...] = (
    DemoSource(
        SITE,
        "Demo site",
        "javascript",
        SITE_KEY,
        (
            DemoDestination("actions-google-analytics-4-web", "device", {"measurementID": "G-DEMO000000"}),
            DemoDestination("amplitude", "device", {"apiKey": "demo0amplitude0api0key", "trackAllPages": True}),
            DemoDestination("mixpanel", "device", {"token": "demo0mixpanel0token", "consolidatedPageCalls": True}),
            DemoDestination("facebook-pixel", "device", {"pixelId": "1234567890"}, enabled=False),
            DemoDestination("webhooks", "cloud", {"globalHook": "https://hooks.example/edgewise-demo"}),
            DemoDestination(
                "slack", "cloud", {"webhookUrl": "https://hooks.slack.example/services/demo"}, enabled=False
            ),
        ),
    ),
    DemoSource(
        "app",
        "Demo app",
        "ios",
        "demo_app_write_key",
        (
            DemoDestination("firebase", "device"),
            DemoDestination("amplitude", "cloud", {"apiKey": "demo0amplitude0api0key"}),
        ),
    ),
    DemoSource(
        "backend",
        "Demo backend",
        "python",
        "demo_backend_write_key",
        (DemoDestination("webhooks", "cloud", {"globalHook": "https://hooks.example/edgewise-demo"}),),
    ),
)
