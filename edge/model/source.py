"""Workspaces, sources and write keys."""

import re
from dataclasses import dataclass
from typing import Literal

from edge.model.client import OFFICIAL, OWN, official_slug
from edge.model.plan import TrackingPlan

Platform = Literal["web", "mobile", "server"]

PLATFORM_OF_TYPE: dict[str, Platform] = {
    "javascript": "web",
    "ios": "mobile",
    "android": "mobile",
    "react-native": "mobile",
    "flutter": "mobile",
    "kotlin": "mobile",
    "swift": "mobile",
    "unity": "mobile",
    "xamarin": "mobile",
    "python": "server",
    "node": "server",
    "go": "server",
    "java": "server",
    "ruby": "server",
    "php": "server",
    "net": "server",
    "clojure": "server",
    "rust": "server",
    "http-api": "server",
    "pixel": "server",
}
"""Every source type and the platform its library runs on. ``kotlin`` and ``swift`` are the mobile libraries."""

# \Z, not $: a trailing newline is not part of any key or slug.
WRITE_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\Z")


@dataclass(frozen=True, slots=True)
class Workspace:
    """Owns sources and destinations; ``slug`` is unique in the store."""

    id: str
    slug: str
    display_name: str
    created_at: float

    @property
    def name(self) -> str:
        return f"workspaces/{self.slug}"


@dataclass(frozen=True, slots=True)
class LibraryConfig:
    """What a source's library is told besides its destinations.

    ``api_host`` is host and path prefix without a scheme (``t.shop.example/v1``) or with ``http://``/``https://``
    before it; ``None`` means the instance's default.
    """

    api_host: str | None = None
    metrics_enabled: bool = False
    retry_queue: bool = True
    cross_domain_id_enabled: bool = False


ClientName = Literal["edgewise", "analytics-next"]
Bundling = Literal["inline", "separate"]


@dataclass(frozen=True, slots=True)
class LoaderConfig:
    """What a web source's loader is made of.

    ``version`` pins the official client's; ours has none, it is that of the edge. ``bundle``: destinations' code in our
    loader's own file, or each in its own; ``None`` lets the edge choose by their size.
    """

    client: ClientName = "edgewise"
    version: str | None = None
    bundle: Bundling | None = None

    @property
    def official(self) -> bool:
        return self.client == OFFICIAL

    @property
    def slug(self) -> str:
        """That of the client's document in the store."""
        return official_slug(self.version or "") if self.official else OWN


@dataclass(frozen=True, slots=True)
class Source:
    """One site, app or server. ``write_keys`` are live, ``retired_keys`` are never used again."""

    id: str
    workspace: str
    slug: str
    type: str
    display_name: str
    write_keys: tuple[str, ...]
    created_at: float
    retired_keys: tuple[str, ...] = ()
    library: LibraryConfig = LibraryConfig()
    tracking_plan: TrackingPlan | None = None
    loader: LoaderConfig = LoaderConfig()

    @property
    def platform(self) -> Platform:
        return PLATFORM_OF_TYPE[self.type]

    @property
    def name(self) -> str:
        return f"workspaces/{self.workspace}/sources/{self.slug}"
