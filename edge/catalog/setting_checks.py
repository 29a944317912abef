"""What the keys of one setting mean together. Above all: that nothing secret can be marked for publishing."""

import re
from collections.abc import Callable, Iterator

from edge.catalog.shape import SettingTable
from edge.catalog.values import check_value
from edge.model.definition import Setting

Finding = tuple[str, str, str]
"""Key within the setting; rule; the rest of a sentence that starts with the setting's name."""


def check_setting(setting: SettingTable) -> Iterator[Finding]:
    """Every rule that ``setting`` breaks by itself."""
    for subject in _CHECKS:
        yield from subject(setting)


def as_setting(table: SettingTable) -> Setting:
    return Setting(
        name=table.name,
        display_name=table.display_name,
        type=table.type,
        help=table.help,
        required=table.required,
        default=table.default,
        options=tuple(table.options),
        pattern=table.pattern,
        expose=table.expose == "device",
        secret=_is_secret(table),
        deprecated=table.deprecated,
    )


def _secrecy(setting: SettingTable) -> Iterator[Finding]:
    if setting.expose is not None and _is_secret(setting):
        kind = "a password, always a secret," if setting.type == "password" else "a secret"
        yield "expose", "secret-exposed", f"is {kind} and exposed; a secret is never published: remove expose"
    if setting.default is not None and _is_secret(setting):
        yield "default", "secret-default", "is a secret and has a default; definitions are public: remove default"


def _options(setting: SettingTable) -> Iterator[Finding]:
    if setting.type == "select" and not setting.options:
        yield "type", "select-options", "is a select without options; list what may be chosen"
    if setting.type != "select" and setting.options:
        yield "options", "select-options", f'has options, but is a {setting.type}; only type = "select" has them'
    if len(set(setting.options)) < len(setting.options):
        yield "options", "select-options", "names an option twice; each once"


def _pattern(setting: SettingTable) -> Iterator[Finding]:
    if setting.pattern is not None and setting.type not in ("string", "password"):
        yield "pattern", "pattern-type", f"has a pattern, but is a {setting.type}; only string and password have one"
    if (reason := _regexp_error(setting.pattern)) is not None:
        yield (
            "pattern",
            "pattern-regexp",
            f"has a pattern that is no regular expression of Python's re module: {reason}",
        )


def _default(setting: SettingTable) -> Iterator[Finding]:
    undecidable = setting.type == "select" and not setting.options
    if setting.default is None or undecidable or _is_secret(setting) or _regexp_error(setting.pattern) is not None:
        return
    if (problem := check_value(as_setting(setting), setting.default)) is not None:
        yield "default", "default-value", f"has a default that it would not accept: {problem}"


_CHECKS: tuple[Callable[[SettingTable], Iterator[Finding]], ...] = (_secrecy, _options, _pattern, _default)


def _is_secret(setting: SettingTable) -> bool:
    return setting.secret or setting.type == "password"


def _regexp_error(pattern: str | None) -> str | None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        return str(error)
    return None
