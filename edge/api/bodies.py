"""The bodies that clients send. Fields that only we set are accepted and ignored: clients send them back."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=1000)]
Scopes = Annotated[
    list[Annotated[str, Field(max_length=100)]] | Text,
    Field(description="A list, or a text with blanks between: `workspace:read cache:purge`."),
]


class Strict(BaseModel):
    """Unknown fields are refused by name: a misspelt one must not be silently lost. No value is guessed: "yes" is no
    boolean."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class UpdateMask(Strict):
    paths: list[Text] = Field(max_length=50, description="Fields to change, such as `destination.enabled`.")


class WorkspaceIn(Strict):
    name: Text = Field(description="`workspaces/{slug}` or the bare slug.")
    display_name: Text | None = None
    id: Any = None
    create_time: Any = None


class WorkspaceBody(Strict):
    workspace: WorkspaceIn


class WorkspacePatchIn(Strict):
    name: Any = None
    display_name: Text | None = None
    id: Any = None
    create_time: Any = None
    update_mask: UpdateMask | None = None


class WorkspacePatchBody(Strict):
    workspace: WorkspacePatchIn
    update_mask: UpdateMask | None = None


class LibraryConfigIn(Strict):
    metrics_enabled: bool | None = None
    retry_queue: bool | None = None
    cross_domain_id_enabled: bool | None = None
    api_host: Text | None = None


class PlannedEventIn(Strict):
    enabled: bool
    integrations: dict[str, bool] | None = Field(None, description="Creation name -> whether it gets the event.")


class TrackingPlanIn(Strict):
    """Events by name; `__default` stands for those that are not named."""

    track: dict[str, PlannedEventIn] | None = None


class SourceIn(Strict):
    name: Text | None = Field(None, description="`workspaces/{w}/sources/{slug}` or the bare slug.")
    catalog_name: Text | None = Field(None, description="`catalog/sources/{type}` or the bare type.")
    display_name: Text | None = None
    library_config: LibraryConfigIn | None = None
    api_host: Text | None = Field(None, description="Short for `library_config.api_host`.")
    client: Text | None = Field(None, description="`edgewise` (also when empty) or `analytics-next`.")
    client_version: Text | None = Field(
        None, description="Of `analytics-next`, one that the edge has; empty: pins the newest of them."
    )
    bundle: Text | None = Field(None, description="`inline` or `separate`; empty: the edge chooses by size.")
    write_keys: list[Text] | None = Field(None, description="On creation: one existing key to adopt.")
    tracking_plan: TrackingPlanIn | None = None
    slug: Any = None
    parent: Any = None
    platform: Any = None
    id: Any = None
    create_time: Any = None


class SourceBody(Strict):
    source: SourceIn


class SourcePatchIn(SourceIn):
    update_mask: UpdateMask | None = None


class SourcePatchBody(Strict):
    source: SourcePatchIn
    update_mask: UpdateMask | None = None


class ConfigItem(Strict):
    name: Text = Field(description="The setting's bare name, or `{destination name}/config/{setting}`.")
    value: Any = Field(None, description="Null removes the setting.")
    display_name: Any = None
    type: Any = None


class DestinationIn(Strict):
    name: Text | None = Field(None, description="`.../destinations/{slug}` or the bare slug.")
    catalog_name: Text | None = Field(
        None, description="`catalog/destinations/{slug}`; absent: the destination's slug."
    )
    display_name: Text | None = None
    enabled: bool | None = None
    connection_mode: Annotated[str, Field(pattern="^(CLOUD|DEVICE|UNSPECIFIED)$")] | None = None
    config: list[ConfigItem] | None = Field(None, max_length=500)
    consent_categories: list[Text] | None = Field(None, description="All of them are needed before it loads.")
    slug: Any = None
    parent: Any = None
    id: Any = None
    create_time: Any = None
    update_time: Any = None
    advice: Any = None


class DestinationBody(Strict):
    destination: DestinationIn


class DestinationPatchIn(DestinationIn):
    update_mask: UpdateMask | None = None


class DestinationPatchBody(Strict):
    destination: DestinationPatchIn
    update_mask: UpdateMask | None = None


class FieldSelection(Strict):
    fields: list[Text] | None = None


class FilterActionIn(Strict):
    type: Text = Field(description="`drop_event`, `sample_event`, `whitelist_fields` or `blacklist_fields`.")
    fields: dict[str, FieldSelection] | None = Field(
        None, description="For the two `_fields`: `properties`, `context`, `traits` or an object in these -> names."
    )
    percent: float | int | None = Field(None, description="For `sample_event`: from 0 (no event) to 1 (all).")
    path: Text | None = Field(None, description="For `sample_event`: the field whose values are sampled.")


class FilterIn(Strict):
    name: Any = None
    if_: Annotated[str, Field(max_length=20_000)] | None = Field(
        None, alias="if", description="A condition in FQL, or `all`."
    )
    actions: list[FilterActionIn] | None = Field(None, max_length=100)
    title: Annotated[str, Field(max_length=20_000)] | None = None
    description: Annotated[str, Field(max_length=20_000)] | None = None
    enabled: bool | None = None
    id: Any = None
    parent: Any = None
    create_time: Any = None
    update_time: Any = None
    advice: Any = None


class FilterBody(Strict):
    filter: FilterIn
    update_mask: UpdateMask | None = Field(None, description="Accepted, and ignored: a new filter takes all fields.")


class FilterPatchIn(FilterIn):
    update_mask: UpdateMask | None = None


class FilterPatchBody(Strict):
    filter: FilterPatchIn
    update_mask: UpdateMask | None = None


class WriteKeyBody(Strict):
    key: Text | None = Field(None, description="An existing key to adopt; absent: a new one is made.")


class AccessTokenIn(Strict):
    description: Text = ""
    workspace_names: list[Text] = Field(max_length=10, description="Exactly one: `workspaces/{slug}` or the bare slug.")
    scopes: Scopes
    expires_in: int | None = Field(None, description="Seconds; 90 days if absent.")


class AccessTokenBody(Strict):
    access_token: AccessTokenIn | None = None
    description: Text | None = None
    workspace_names: list[Text] | None = Field(None, max_length=10)
    scopes: Scopes | None = None
    expires_in: int | None = None


class PurgeBody(Strict):
    tags: list[Text] = Field(default_factory=list, max_length=256)
    sources: list[Text] = Field(default_factory=list, max_length=256)
    verb: Text = "invalidate"
    reason: Text = ""
    wait: Text | None = Field(None, description="As `?wait=`: how long to wait for `live`.")
