"""The shapes of answers, for the OpenAPI document; ``render`` makes them, and tests hold the two to each other."""

from typing import Any

from pydantic import BaseModel, Field


class Error(BaseModel):
    """Every error: a sentence that says what is wrong and what is allowed, and the Config API's code."""

    error: str
    code: int


class Nothing(BaseModel):
    """An empty object."""


class Workspace(BaseModel):
    name: str
    display_name: str
    id: str
    create_time: str


class Workspaces(BaseModel):
    workspaces: list[Workspace]
    next_page_token: str


class LibraryConfig(BaseModel):
    metrics_enabled: bool
    retry_queue: bool
    cross_domain_id_enabled: bool
    api_host: str


class Advice(BaseModel):
    code: str
    message: str


class Source(BaseModel):
    name: str
    slug: str
    parent: str
    id: str
    display_name: str
    catalog_name: str
    platform: str
    write_keys: list[str]
    library_config: LibraryConfig
    tracking_plan: dict[str, Any] = Field(
        default_factory=dict, description="`{track}`; absent where there is none, and in listings."
    )
    client: str
    client_version: str = Field(description="Empty for `edgewise`, which is the edge's own.")
    bundle: str = Field(description="Empty where the edge chooses.")
    create_time: str
    advice: list[Advice] = Field(default_factory=list, description="On changes to mobile sources.")


class Sources(BaseModel):
    sources: list[Source]
    next_page_token: str


class ConfigItem(BaseModel):
    name: str
    display_name: str
    value: Any
    type: str


class Destination(BaseModel):
    name: str
    slug: str
    parent: str
    id: str
    catalog_name: str
    display_name: str
    enabled: bool
    connection_mode: str
    config: list[ConfigItem] = Field(default_factory=list, description="Absent where it cannot be decrypted.")
    config_error: str = Field("", description="Why there is no config, and what to do.")
    consent_categories: list[str]
    create_time: str
    update_time: str
    advice: list[Advice] = Field(default_factory=list, description="On changes to mobile sources.")


class Destinations(BaseModel):
    destinations: list[Destination]
    next_page_token: str


class Filter(BaseModel):
    name: str
    id: str
    parent: str
    title: str
    description: str
    if_: str = Field(alias="if", description="The condition, in FQL, or `all`.")
    actions: list[dict[str, Any]]
    enabled: bool
    create_time: str
    update_time: str
    advice: list[Advice] = Field(default_factory=list, description="On changes to mobile sources.")


class Filters(BaseModel):
    filters: list[Filter]
    next_page_token: str


class CatalogSource(BaseModel):
    name: str
    slug: str
    display_name: str
    description: str
    platform: str


class CatalogSources(BaseModel):
    sources: list[CatalogSource]
    next_page_token: str


class CatalogDestination(BaseModel):
    name: str
    slug: str
    display_name: str
    creation_name: str
    description: str
    type: str
    website: str
    status: str
    categories: dict[str, Any]
    logos: dict[str, str]
    components: list[dict[str, str]]
    platforms: dict[str, bool]
    connection_modes: dict[str, list[str]]
    sdk: dict[str, str]
    browser_bundle: bool
    methods: dict[str, bool]
    settings: list[dict[str, Any]]


class CatalogDestinations(BaseModel):
    destinations: list[CatalogDestination]
    next_page_token: str


class AccessToken(BaseModel):
    name: str
    id: str
    description: str
    workspace_names: list[str]
    scopes: str = Field(description="With blanks between.")
    create_time: str
    expire_time: str


class NewAccessToken(AccessToken):
    token: str = Field(description="Answered this once, and kept nowhere.")


class AccessTokens(BaseModel):
    access_tokens: list[AccessToken]
    next_page_token: str


class Receipt(BaseModel):
    position: int
    state: str
    verb: str
    tags: list[str]
    committed_at: float
    propagation_ms: float | None
    browsers_until: float | None
    last_error: str | None
    hosts: list[dict[str, Any]]
    unreachable: list[dict[str, Any]]


class Purge(Receipt):
    id: int
    name: str


class Distribution(BaseModel):
    source: str
    position: int
    destinations: list[dict[str, Any]]


class Explanation(BaseModel):
    source: str
    platform: str
    client: str
    client_version: str
    bundle: str
    write_keys: list[str]
    position: int
    collector: str
    warnings: list[str]
    destinations: list[dict[str, Any]]
    consent: dict[str, Any] | None = Field(description="What is published of consent; null for nothing.")
    tracking_plan: dict[str, Any] | None = Field(description="What is published of it; null for nothing.")


class PagePolicy(BaseModel):
    """Values of `Content-Security-Policy`; a page needs one of them, merged with its own."""

    nonce: str = Field(description="VALUE is made anew for each answer of the page.")
    hosts: str = Field(description="The page carries the snippet as `edgewise snippet` prints it.")


class Snippet(BaseModel):
    write_key: str
    snippet: str
    csp: PagePolicy
