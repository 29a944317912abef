"""Documents as the Config API shows them (reference: Segment's Config API resources)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from edge.catalog.sources import SourceType
from edge.journal.receipts import Receipt
from edge.manage.advice import Advice
from edge.manage.destinations import Described
from edge.manage.explain import LOST
from edge.manage.masks import shown
from edge.model.definition import Definition, Setting
from edge.model.destination import Destination
from edge.model.source import Source, Workspace
from edge.model.token import AccessToken
from edge.publish.wire import plan_as_json
from edge.store.documents import is_lost

Json = dict[str, Any]
COMPONENTS: Mapping[str, str] = {"ios": "IOS", "swift": "IOS", "android": "ANDROID", "kotlin": "ANDROID"}


def time_of(seconds: float) -> str:
    """RFC 3339, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def workspace(found: Workspace) -> Json:
    return {
        "name": found.name,
        "display_name": found.display_name,
        "id": found.id,
        "create_time": time_of(found.created_at),
    }


def source(found: Source) -> Json:
    """Whole, as a single answer shows it."""
    plan = found.tracking_plan
    return source_listed(found) | ({"tracking_plan": {"track": plan_as_json(plan)}} if plan is not None else {})


def source_listed(found: Source) -> Json:
    """Without what may be long."""
    return {
        "name": found.name,
        "slug": found.slug,
        "parent": f"workspaces/{found.workspace}",
        "id": found.id,
        "display_name": found.display_name,
        "catalog_name": f"catalog/sources/{found.type}",
        "platform": found.platform,
        "write_keys": list(found.write_keys),
        "library_config": {
            "metrics_enabled": found.library.metrics_enabled,
            "retry_queue": found.library.retry_queue,
            "cross_domain_id_enabled": found.library.cross_domain_id_enabled,
            "api_host": found.library.api_host or "",
        },
        **loader_config(found),
        "create_time": time_of(found.created_at),
    }


def loader_config(found: Source) -> Json:
    config = found.loader
    return {"client": config.client, "client_version": config.version or "", "bundle": config.bundle or ""}


def destination(described: Described) -> Json:
    """With secrets masked; a setting that the definition does not know any more counts as one.

    Where the settings cannot be opened there is no ``config``, for an empty one would say that there are none.
    """
    found, definition = described.destination, described.definition
    return {
        "name": found.name,
        "slug": found.slug,
        "parent": found.source_name,
        "id": found.id,
        "catalog_name": f"catalog/destinations/{found.definition}",
        "display_name": found.display_name,
        "enabled": found.enabled,
        "connection_mode": found.mode.upper(),
        **({"config_error": LOST} if is_lost(found) else {"config": _configs(found, definition)}),
        "consent_categories": list(found.consent_categories),
        "create_time": time_of(found.created_at),
        "update_time": time_of(found.updated_at),
    }


def _configs(found: Destination, definition: Definition | None) -> list[Json]:
    return [
        _config(found.name, definition.setting(name) if definition else None, name, value)
        for name, value in sorted(found.settings.items())
    ]


def _config(parent: str, setting: Setting | None, name: str, value: Any) -> Json:
    return {
        "name": f"{parent}/config/{name}",
        "display_name": setting.display_name if setting else name,
        "value": shown(setting, value),
        "type": setting.type if setting else "string",
    }


def tag(position: int) -> dict[str, str]:
    """The header that names a document's state by the position of its last change (RFC 9110 section 8.8.3)."""
    return {"ETag": f'"{position}"'}


def advice(found: Sequence[Advice]) -> Json:
    """What is added to the answer of a change; nothing where there is no advice."""
    return {"advice": [asdict(one) for one in found]} if found else {}


def definition(found: Definition) -> Json:
    web = bool(found.supported("web"))
    components = {"CLOUD"} if any("cloud" in modes for modes in found.modes.values()) else set()
    components |= {"BROWSER"} if "device" in found.supported("web") else set()
    components |= {COMPONENTS[kind] for kind in found.sdk if kind in COMPONENTS}
    components |= {"SERVER"} if found.supported("server") else set()
    return {
        "name": f"catalog/destinations/{found.slug}",
        "slug": found.slug,
        "display_name": found.name,
        "creation_name": found.creation_name,
        "description": found.description,
        "type": "STREAMING",
        "website": found.website,
        "status": "PUBLIC",
        "categories": {
            "primary": found.category,
            "secondary": found.additional_categories[0] if found.additional_categories else "",
            "additional": list(found.additional_categories[1:]),
        },
        "logos": {"logo": "", "mark": ""},
        "components": [{"type": kind} for kind in sorted(components)],
        "platforms": {
            "browser": web,
            "mobile": bool(found.supported("mobile")),
            "server": bool(found.supported("server")),
        },
        "connection_modes": {platform: [mode.upper() for mode in modes] for platform, modes in found.modes.items()},
        "sdk": dict(found.sdk),
        "browser_bundle": found.bundle is not None,
        "methods": {
            method: method in found.methods for method in ("track", "identify", "group", "alias", "page", "screen")
        },
        "settings": [_setting(setting) for setting in found.settings],
    }


def _setting(setting: Setting) -> Json:
    return {
        "name": setting.name,
        "display_name": setting.display_name,
        "type": setting.type,
        "required": setting.required,
        "deprecated": setting.deprecated,
        "description": setting.help,
        "default": setting.default,
        "options": list(setting.options),
        "secret": setting.secret,
        "exposed": setting.expose,
        "string_validators": {"regexp": setting.pattern or ""},
        "settings": [],
    }


def source_type(found: SourceType) -> Json:
    return {
        "name": found.name,
        "slug": found.slug,
        "display_name": found.display_name,
        "description": found.description,
        "platform": found.platform,
    }


def access_token(found: AccessToken) -> Json:
    return {
        "name": found.name,
        "id": found.id,
        "description": found.description,
        "workspace_names": [f"workspaces/{found.workspace}"],
        "scopes": " ".join(found.scopes),
        "create_time": time_of(found.created_at),
        "expire_time": time_of(found.expires_at),
    }


def receipt(found: Receipt) -> Json:
    return found.as_json()


def purge(found: Receipt) -> Json:
    return {"id": found.position, "name": f"purges/{found.position}", **found.as_json()}
