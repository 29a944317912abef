"""Filters, and what is said of a source's destinations together: who gets its events, and why."""

from dataclasses import asdict

from edge.api.render import Json, loader, time_of
from edge.manage.distribution import Distribution
from edge.manage.explain import Explanation
from edge.model.filter import Filter, FilterAction


def destination_filter(found: Filter) -> Json:
    return {
        "name": found.name,
        "id": found.id,
        "parent": found.destination_name,
        "title": found.title,
        "description": found.description,
        "if": found.condition,
        "actions": [_action(one) for one in found.actions],
        "enabled": found.enabled,
        "create_time": time_of(found.created_at),
        "update_time": time_of(found.updated_at),
    }


def _action(found: FilterAction) -> Json:
    match found.type:
        case "drop_event":
            return {"type": found.type}
        case "sample_event":
            return {"type": found.type, "percent": found.percent, "path": found.path}
        case _:
            fields = {place: {"fields": list(names)} for place, names in found.fields.items()}
            return {"type": found.type, "fields": fields}


def distribution(found: Distribution) -> Json:
    return {
        "source": found.source.name,
        "position": found.position,
        "destinations": [
            {
                "name": one.name,
                "slug": one.slug,
                "catalog_name": f"catalog/destinations/{one.definition}",
                "creation_name": one.creation_name,
                "settings": dict(one.settings),
                "consent_categories": list(one.consent_categories),
                "filters": [
                    {
                        "name": each.name,
                        "if": each.condition,
                        "ir": each.ir,
                        "actions": [_action(action) for action in each.actions],
                    }
                    for each in one.filters
                ],
            }
            for one in found.destinations
        ],
    }


def explanation(found: Explanation) -> Json:
    return {
        "source": found.source.name,
        "platform": found.source.platform,
        **loader(found.source),
        "write_keys": list(found.source.write_keys),
        "position": found.position,
        "collector": found.collector,
        "warnings": list(found.warnings),
        "destinations": [
            {
                "name": one.name,
                "definition": one.definition,
                "enabled": one.enabled,
                "connection_mode": one.mode.upper(),
                "published": one.published,
                "place": one.place,
                "reason": one.reason,
                "exposed_settings": list(one.exposed),
                "consent_categories": list(one.consent_categories),
                "filters": [
                    {
                        "name": each.name,
                        "title": each.title,
                        "if": each.condition,
                        "actions": list(each.actions),
                        "enabled": each.enabled,
                        "applied_by": each.applied_by,
                    }
                    for each in one.filters
                ],
                "warnings": list(one.warnings),
            }
            for one in found.destinations
        ],
        "consent": asdict(found.consent) if found.consent is not None else None,
        "tracking_plan": asdict(found.plan) if found.plan is not None else None,
    }
