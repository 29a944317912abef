"""The rules of DESIGN section 8 for a destination on a source; pure. Each refusal says what is allowed."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from edge.catalog.values import check_value, is_blank
from edge.manage.problem import ProblemError, invalid
from edge.model.definition import ConnectionMode, Definition
from edge.model.destination import Destination
from edge.model.source import Source

MAX_DESTINATIONS = 100
"""Destinations of one source: a manifest stays a page's size, and one read of a source stays one page."""


def resolve_mode(source: Source, definition: Definition, asked: ConnectionMode | None) -> ConnectionMode:
    """The mode that is meant: as asked if supported; by default device on the web, cloud elsewhere."""
    supported = definition.supported(source.platform)
    if not supported:
        platforms = ", ".join(sorted(platform for platform, modes in definition.modes.items() if modes))
        raise invalid(
            f"connection_mode: {definition.name} supports no connection mode on {source.platform} sources; "
            f"it supports sources of these platforms: {platforms}"
        )
    if asked is None:
        first: ConnectionMode = "device" if source.platform == "web" else "cloud"
        return first if first in supported else supported[0]
    if asked == "device" and source.platform == "server":
        raise invalid(
            f"connection_mode: {source.slug} is a server source ({source.type}): it has no device to run a "
            "destination's code on; allowed: CLOUD"
        )
    if asked not in supported:
        allowed = ", ".join(mode.upper() for mode in supported)
        raise invalid(
            f"connection_mode: {definition.name} has no {asked} mode on {source.platform} sources; allowed: {allowed}"
        )
    return asked


def obstacle(source: Source, definition: Definition) -> str:
    """Why ``definition`` cannot be connected to ``source``; empty where it can."""
    try:
        resolve_mode(source, definition, None)
    except ProblemError as problem:
        return problem.text.removeprefix("connection_mode: ")
    return ""


def check_settings(definition: Definition, settings: Mapping[str, Any]) -> None:
    """Refuse unknown settings and values that do not fit: the first one in words, each in ``fields``."""
    known = [setting.name for setting in definition.settings]
    found: dict[str, str] = {}
    for name, value in settings.items():
        setting = definition.setting(name)
        if setting is None:
            problem: str | None = f"{definition.name} has no setting {name[:60]!r}; {_suggestion(name, known)}"
        else:
            problem = check_value(setting, value)
        if problem is not None:
            found[name] = problem
    if found:
        fields = {name: problem.removeprefix(f"{name}: ") for name, problem in found.items()}
        raise invalid(f"config: {next(iter(found.values()))}", fields)


def check_enabled(source: Source, destination: Destination, definition: Definition) -> None:
    """What must be there before a destination is enabled; a disabled one may be incomplete."""
    missing = [
        setting.name
        for setting in definition.settings
        if setting.required and is_blank(destination.settings.get(setting.name, setting.default))
    ]
    if missing:
        raise invalid(
            f"config: {definition.name} needs {', '.join(missing)} before it is enabled; set it, or leave enabled "
            "false",
            dict.fromkeys(missing, "it is required before the destination is enabled"),
        )
    # A release may publish a setting that used to be a secret, for values of the form that it now asks for: what was
    # stored before has not been held against that form. The value itself stays out of the answer.
    unfit = [
        setting.name
        for setting in definition.settings
        if (value := destination.settings.get(setting.name)) is not None and check_value(setting, value) is not None
    ]
    if unfit:
        raise invalid(
            f"config: what {definition.name} has stored as {', '.join(unfit)} does not fit any more; "
            "set it anew, or leave enabled false",
            dict.fromkeys(unfit, "what is stored does not fit any more: set it anew"),
        )
    if destination.mode == "device" and source.platform == "web" and definition.bundle is None:
        also = " or use connection_mode CLOUD" if "cloud" in definition.supported("web") else ""
        raise invalid(
            f"enabled: {definition.name} has no browser bundle on this edge, so no page could load it; "
            f"leave enabled false{also}"
        )


def check_siblings(source: Source, destination: Destination, siblings: Sequence[Destination]) -> None:
    """What a source's other destinations forbid."""
    others = [sibling for sibling in siblings if sibling.id != destination.id]
    if len(others) >= MAX_DESTINATIONS:
        raise invalid(
            f"destination: {source.name} has {len(others)} destinations; at most {MAX_DESTINATIONS} are allowed"
        )
    if source.platform != "mobile" or not destination.enabled or destination.mode != "device":
        return
    for other in others:
        if other.enabled and other.mode == "device" and other.definition == destination.definition:
            raise invalid(
                f"enabled: {other.name} is in device mode already, and an app tells its packaged SDKs apart by "
                "definition alone; disable it first or use connection_mode CLOUD"
            )


def unsupported_definition(slug: str, known: Sequence[str]) -> ProblemError:
    return invalid(f"catalog_name: the catalog has no destination {slug[:60]!r}; {_suggestion(slug, known)}")


def _suggestion(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    if close:
        return f"did you mean {', '.join(close)}?"
    listed = ", ".join(known[:40])
    return f"allowed: {listed}" if listed else "it has none"
