"""A destination's definition: what the catalog knows about one tool."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from edge.model.source import Platform

ConnectionMode = Literal["device", "cloud"]
SdkNeed = Literal["must", "may"]
SettingType = Literal["string", "boolean", "select", "password", "array", "text-map", "number", "mixed", "map", "color"]
Method = Literal["track", "identify", "group", "alias", "page", "screen"]
Directive = Literal[
    "script-src", "connect-src", "img-src", "frame-src", "style-src", "font-src", "media-src", "worker-src"
]
"""Fetch directives of a Content Security Policy: https://www.w3.org/TR/CSP3/#directives-fetch."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a definition.

    ``expose`` is the allow-list of publishing: only an exposed setting ever reaches a page or an app. ``secret`` masks
    the value everywhere; a ``password`` is always secret, and a secret is never exposed (checked by the catalog).
    """

    name: str
    display_name: str
    type: SettingType
    help: str = ""
    required: bool = False
    default: Any = None
    options: tuple[str, ...] = ()
    pattern: str | None = None
    expose: bool = False
    secret: bool = False
    deprecated: bool = False


ADDED = "added"
"""In place of a release's version: no release brought it, and none replaces it while it does not ship the slug."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Browser code of a definition, by content: ``hash`` is the first 32 hex digits of its SHA-256.

    ``integrity`` is the Subresource Integrity value (W3C SRI, ``sha384-...``), ``library_name`` the global that the
    script sets (analytics-next's ``remotePlugins[].libraryName``).
    """

    hash: str
    library_name: str
    integrity: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One tool of the catalog. ``creation_name`` is the name that events and clients route by."""

    slug: str
    name: str
    creation_name: str
    description: str
    website: str
    category: str
    modes: Mapping[Platform, tuple[ConnectionMode, ...]]
    settings: tuple[Setting, ...]
    methods: tuple[Method, ...]
    sdk: Mapping[str, SdkNeed]
    """Per mobile source type: whether an app in device mode *must* or *may* package the vendor's SDK."""
    additional_categories: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """Where the browser code has scripts and images from, and sends to, as CSP host sources; ``{name}`` is the value of
    a setting."""
    directives: Mapping[Directive, tuple[str, ...]] = field(default_factory=dict)
    """What the browser code needs besides, by directive: host sources as in ``hosts``, or another source of CSP."""
    bundle: Bundle | None = None
    release: str = ""
    """Version of the release that imported it; a newer release's is never replaced by an older one's."""

    def setting(self, name: str) -> Setting | None:
        return next((setting for setting in self.settings if setting.name == name), None)

    def supported(self, platform: Platform) -> tuple[ConnectionMode, ...]:
        return self.modes.get(platform, ())
