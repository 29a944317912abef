"""The form of a destination: its name, state, mode, settings and consent categories."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge.console.forms import Form
from edge.console.setting_fields import Field, changed, fields_of, read, values_of
from edge.manage.connecting import Placed
from edge.manage.destinations import DestinationPatch
from edge.manage.merged_settings import Whence
from edge.model.definition import ConnectionMode, Definition
from edge.model.destination import Destination
from edge.model.source import Source
from edge.store.documents import is_lost

NAMES = {
    "display_name": "display_name",
    "destination.name": "slug",
    "connection_mode": "mode",
    "enabled": "enabled",
    "consent_categories": "consent_categories",
    "copy_from": "copy",
}
"""The operations' names of fields -> the form's."""
MODES: tuple[ConnectionMode, ...] = ("device", "cloud")
PLATFORMS = {"web": "web sources", "mobile": "mobile sources", "server": "server sources"}


@dataclass(frozen=True, slots=True)
class Modes:
    """What there is to choose. ``alone`` says why, where there is no choice."""

    offered: tuple[ConnectionMode, ...]
    alone: str = ""


def modes_of(source: Source, definition: Definition, stored: ConnectionMode | None = None) -> Modes:
    """``stored``: a mode that the definition does not support any more can be kept, and only switched off."""
    supported = definition.supported(source.platform)
    offered = supported if stored is None or stored in supported else (stored, *supported)
    if len(offered) != 1:
        return Modes(offered)
    name = "Device mode" if offered[0] == "device" else "Cloud mode"
    if source.platform == "server" and "device" in definition.supported("web"):
        return Modes(offered, f"{name}: a server has no page and no app that could run {definition.name}'s code.")
    return Modes(offered, f"{name}: the only one that {definition.name} has on {PLATFORMS[source.platform]}.")


def settings_in(destination: Destination | None) -> Mapping[str, Any]:
    """What there is to show of them: of those that cannot be opened, nothing."""
    return {} if destination is None or is_lost(destination) else destination.settings


def filled_of(destination: Destination, fields: list[Field], settings: Mapping[str, Any], position: int) -> Form:
    """The form as it is shown first. ``settings`` may be another destination's, to be copied."""
    values: dict[str, list[str]] = {
        "position": [str(position)],
        "display_name": [destination.display_name],
        "mode": [destination.mode],
        "consent_categories": ["\n".join(destination.consent_categories)],
        **values_of(fields, settings),
    }
    return Form(values | ({"enabled": ["on"]} if destination.enabled else {}))


def asked(form: Form, definition: Definition, base: Destination, copied: Placed | None) -> DestinationPatch:
    """What the form changes of ``base``, the destination that it was made from; errors are at its fields."""
    settings = settings_in(base if copied is None else copied.destination)
    fields = fields_of(definition, settings)
    name = form.text("display_name")
    mode = next((one for one in MODES if one == form.text("mode")), None)
    enabled = form.flag("enabled")
    consent = [line.strip() for line in form.text("consent_categories").splitlines() if line.strip()]
    has_consent = "consent_categories" in form.values
    return DestinationPatch(
        display_name=name if name != base.display_name else None,
        enabled=enabled if enabled != base.enabled else None,
        mode=mode if mode != base.mode else None,
        settings=changed(fields, settings, read(form, fields)),
        clear_settings=form.flag("anew"),
        copy_from=Whence(copied.source.slug, copied.destination.slug) if copied is not None else None,
        consent_categories=consent if has_consent and set(consent) != set(base.consent_categories) else None,
    )
