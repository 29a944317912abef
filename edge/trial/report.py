"""What the browser reports of a trial, as the page sends it (``page.js``)."""

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class PluginShape(_Part):
    """One plugin that the factory returned. ``methods`` are the event methods that it has."""

    name: str | None = None
    version: str | None = None
    type: str | None = None
    missing: list[str] = []
    methods: list[str] = []


class Contract(_Part):
    """The bundle by itself: script, global, factory."""

    script: str | None = Field(None, description="Why the script did not run; None where it did.")
    errors: list[str] = []
    global_type: str = "undefined"
    other_globals: list[str] = []
    factory_error: str | None = None
    factory_left: list[str] = []
    plugins: list[PluginShape] = []
    without_settings: str | None = None


class Loaded(_Part):
    """How one destination's loading ended; ``reason`` is of a failure."""

    name: str
    ok: bool
    reason: str = ""


class Delivered(_Part):
    """How one call fared at the first destination."""

    call: str
    state: str
    reason: str = ""


class Live(_Part):
    """The bundle under a client. ``collected`` are the calls that reached the collector."""

    started: bool = False
    loaded: list[Loaded] = []
    delivered: list[Delivered] = []
    collected: list[str] = []
    errors: list[str] = []
    blocked: list[str] = []


class Official(_Part):
    """The bundle under the official client: ``taken`` are the calls that it took, ``failed`` those that it did not."""

    started: bool = False
    taken: list[str] = []
    failed: list[Delivered] = []
    errors: list[str] = []


class Report(_Part):
    contract: Contract | None = None
    live: Live | None = None
    official: Official | None = None
