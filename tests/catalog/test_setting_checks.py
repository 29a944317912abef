"""The rules of one setting as data."""

import pytest

from edge.catalog.reader import read_definition
from tests.catalog.samples import line_of, problems_of, setting

BROKEN = {
    "an exposed secret": ('secret = true\nexpose = "device"', "secret-exposed", "expose =", "remove expose"),
    "an exposed password": ('type = "password"\nexpose = "device"', "secret-exposed", "expose =", "remove expose"),
    "a secret with a default": ('secret = true\ndefault = "x"', "secret-default", "default =", "remove default"),
    "a password with a default": ('type = "password"\ndefault = "x"', "secret-default", "default =", "remove default"),
    "a select without options": ('type = "select"', "select-options", "type =", "list what may be chosen"),
    "options of a string": ('options = ["a"]', "select-options", "options =", 'type = "select"'),
    "an option twice": ('type = "select"\noptions = ["a", "a"]', "select-options", "options =", "once"),
    "a pattern of a number": ('type = "number"\npattern = "1"', "pattern-type", "pattern =", "string and password"),
    "a bad regexp": ('pattern = "["', "pattern-regexp", "pattern =", "regular expression"),
    "a default of another type": ("default = 5", "default-value", "default =", "a text"),
    "a default that is not an option": (
        'type = "select"\noptions = ["a", "b"]\ndefault = "c"',
        "default-value",
        "default =",
        "allowed: a, b",
    ),
    "a default beside the pattern": ('pattern = "[0-9]+"\ndefault = "x1"', "default-value", "default =", "[0-9]+"),
    "a date as a default": ('type = "mixed"\ndefault = 2026-01-01', "default-value", "default =", "JSON"),
    "an infinite default": ('type = "number"\ndefault = inf', "default-value", "default =", "finite"),
    "a true number": ('type = "number"\ndefault = true', "default-value", "default =", "a number"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_broken_rule_names_the_setting_its_line_and_what_is_allowed(case: str) -> None:
    lines, rule, written, allowed = BROKEN[case]
    text = setting(lines)
    (problem,) = problems_of(text)
    assert (problem.rule, problem.line) == (rule, line_of(text, written))
    assert '"apiKey"' in problem.text
    assert allowed in problem.text


def test_the_default_of_a_secret_is_not_repeated_in_the_error() -> None:
    (problem,) = problems_of(setting('secret = true\ndefault = "hunter2hunter2"'))
    assert "hunter2" not in str(problem)


def test_a_password_is_a_secret_without_saying_so() -> None:
    (only,) = read_definition(setting('type = "password"'), "tool.toml").settings
    assert only.secret
    assert not only.expose


def test_only_what_is_marked_is_exposed() -> None:
    (silent,) = read_definition(setting(""), "tool.toml").settings
    (marked,) = read_definition(setting('expose = "device"'), "tool.toml").settings
    assert (silent.expose, marked.expose) == (False, True)


def test_every_key_of_a_setting_reaches_the_setting() -> None:
    text = setting(
        'help = "How"\nrequired = true\ndefault = "a1"\npattern = "a[0-9]"\nexpose = "device"\ndeprecated = true'
    )
    (read,) = read_definition(text, "tool.toml").settings
    assert (read.name, read.display_name, read.type, read.help) == ("apiKey", "API key", "string", "How")
    assert (read.required, read.default, read.pattern, read.deprecated) == (True, "a1", "a[0-9]", True)
