"""What the keys of a definition mean together: one function for each subject; the rules' names are in ``rules``."""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath

from edge.catalog.rules import RULES
from edge.catalog.setting_checks import check_setting
from edge.catalog.shape import Broken, DefinitionTable
from edge.model.source import PLATFORM_OF_TYPE, SLUG

SETTING_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z")
MOBILE_TYPES = tuple(kind for kind, platform in PLATFORM_OF_TYPE.items() if platform == "mobile")

_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s]+\Z")

# CSP Level 3 section 2.3.1, host-source: a scheme, then a host whose first label may be a wildcard.
_HOST = re.compile(r"(?:https|wss)://(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{1,5})?\Z")

_SCHEMES = {
    "'unsafe-inline'": ("style-src",),
    "data:": ("img-src", "font-src", "media-src"),
    "blob:": ("img-src", "media-src", "worker-src"),
}
"""Sources that are no host, and the directives where they let no foreign script run."""


def check(table: DefinitionTable, origin: str) -> Iterator[Broken]:
    """Every rule that ``table`` breaks; ``origin`` is the file it was read from."""
    for subject in _CHECKS:
        yield from subject(table, origin)
    for place, setting in enumerate(table.settings):
        for key, rule, text in check_setting(setting):
            yield ("settings", place, key), rule, f'setting "{setting.name}" {text}'


def _slug(table: DefinitionTable, origin: str) -> Iterator[Broken]:
    if SLUG.match(table.slug) is None:
        yield ("slug",), "slug-spelling", f'"{table.slug}" is not a slug. {RULES["slug-spelling"]}'
    elif table.slug != PurePath(origin).stem:
        text = f'the slug is "{table.slug}", the file {PurePath(origin).name}; rename the file to {table.slug}.toml'
        yield ("slug",), "slug-is-file-name", text


def _website(table: DefinitionTable, _origin: str) -> Iterator[Broken]:
    if _ADDRESS.match(table.website) is None:
        text = f'"{table.website}" is not an address; allowed are http:// and https:// with a host, like https://tool.example'
        yield ("website",), "website-url", text


def _modes(table: DefinitionTable, _origin: str) -> Iterator[Broken]:
    if not any(table.modes.values()):
        yield ("modes",), "no-mode", 'no platform has a connection mode; give one, like web = ["device", "cloud"]'
    for platform, modes in table.modes.items():
        if len(set(modes)) < len(modes):
            yield ("modes", platform), "mode-twice", f"modes.{platform} names a mode twice; device and cloud once each"
    if "device" in table.modes.get("server", []):
        yield (
            ("modes", "server"),
            "server-device",
            'a server has no device mode; the only mode allowed there is "cloud"',
        )


def _sdk(table: DefinitionTable, _origin: str) -> Iterator[Broken]:
    allowed = ", ".join(MOBILE_TYPES)
    for kind in table.sdk:
        if kind not in MOBILE_TYPES:
            yield ("sdk", kind), "sdk-mobile-type", f'"{kind}" is not a mobile source type; allowed: {allowed}'
    device = "device" in table.modes.get("mobile", [])
    if table.sdk and not device:
        yield ("sdk",), "sdk-without-device", 'sdk needs "device" in modes.mobile; remove sdk or add the mode'
    if device and not table.sdk:
        text = f'device mode on mobile needs an [sdk] table, like ios = "must"; source types: {allowed}'
        yield ("modes", "mobile"), "device-without-sdk", text


def _methods(table: DefinitionTable, _origin: str) -> Iterator[Broken]:
    if len(set(table.methods)) < len(table.methods):
        yield ("methods",), "method-twice", "a method is named twice; each once"


def _hosts(table: DefinitionTable, _origin: str) -> Iterator[Broken]:
    for place, host in enumerate(table.hosts):
        if not _is_host(table, host):
            yield ("hosts", place), "host-spelling", f'"{host}" is not a host. {RULES["host-spelling"]}'


def _directives(table: DefinitionTable, _origin: str) -> Iterator[Broken]:
    for directive, sources in table.directives.items():
        for place, source in enumerate(sources):
            path = ("directives", directive, place)
            if source.startswith("wss:") and directive != "connect-src":
                text = f'"{source}" is in {directive}; wss:// is for connections: put it into connect-src'
                yield path, "directive-source", text
            elif directive not in _SCHEMES.get(source, ()) and not _is_host(table, source):
                also = [one for one, directives in _SCHEMES.items() if directive in directives]
                allowed = ", ".join(["a host as in hosts", *also])
                yield path, "directive-source", f'"{source}" is no source for {directive}; allowed: {allowed}'


def _is_host(table: DefinitionTable, source: str) -> bool:
    exposed = {f"{{{setting.name}}}" for setting in table.settings if setting.expose is not None}
    return _HOST.match(source) is not None or source in exposed


def _setting_names(table: DefinitionTable, _origin: str) -> Iterator[Broken]:
    seen: set[str] = set()
    for place, setting in enumerate(table.settings):
        path = ("settings", place, "name")
        if SETTING_NAME.match(setting.name) is None:
            yield path, "setting-name", f'"{setting.name}" is not a setting\'s name. {RULES["setting-name"]}'
        if setting.name in seen:
            yield path, "setting-twice", f'there is already a setting "{setting.name}"; give this one another name'
        seen.add(setting.name)


def _exposed_for_a_device(table: DefinitionTable, _origin: str) -> Iterator[Broken]:
    if any("device" in modes for modes in table.modes.values()):
        return
    for place, setting in enumerate(table.settings):
        if setting.expose is not None:
            text = (
                f'setting "{setting.name}" is exposed, but no platform has device mode; remove expose or add the mode'
            )
            yield ("settings", place, "expose"), "expose-without-device", text


_CHECKS: tuple[Callable[[DefinitionTable, str], Iterator[Broken]], ...] = (
    _slug,
    _website,
    _modes,
    _sdk,
    _methods,
    _hosts,
    _directives,
    _setting_names,
    _exposed_for_a_device,
)
