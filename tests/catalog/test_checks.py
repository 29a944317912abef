"""The rules of a definition as data: what is written, which rule it breaks, where, and what the error must say."""

import pytest

from edge.catalog.reader import read_definition
from tests.catalog.samples import HEAD, SETTING, definition, line_of, problems_of

MOBILE = HEAD.replace('web = ["device", "cloud"]', 'mobile = ["device"]')

BROKEN = {
    "slug with capitals": (definition(slug='"Tool"'), "slug-spelling", "slug =", "a-z"),
    "slug with a trailing newline": (definition(slug='"tool\\n"'), "slug-spelling", "slug =", "a-z"),
    "slug of another file": (definition(slug='"other"'), "slug-is-file-name", "slug =", "other.toml"),
    "website without a scheme": (definition(website='"tool.example"'), "website-url", "website =", "https://"),
    "website that runs code": (definition(website='"javascript:x"'), "website-url", "website =", "https://"),
    "no platform": (definition(head=HEAD.replace('web = ["device", "cloud"]', "")), "no-mode", "[modes]", "web = "),
    "a platform without a mode": (
        definition(head=HEAD.replace('["device", "cloud"]', "[]")),
        "no-mode",
        "[modes]",
        "web = ",
    ),
    "a mode twice": (
        definition(head=HEAD.replace('["device", "cloud"]', '["device", "device"]')),
        "mode-twice",
        "web =",
        "once",
    ),
    "device mode on a server": (definition(head=HEAD + 'server = ["device"]'), "server-device", "server =", '"cloud"'),
    "sdk of a server type": (
        definition(head=MOBILE + '[sdk]\npython = "may"'),
        "sdk-mobile-type",
        "python =",
        "ios, android",
    ),
    "sdk of an unknown type": (
        definition(head=MOBILE + '[sdk]\nwindows = "may"'),
        "sdk-mobile-type",
        "windows =",
        "ios, android",
    ),
    "sdk without device mode on mobile": (
        definition(head=HEAD + '[sdk]\nios = "may"'),
        "sdk-without-device",
        "[sdk]",
        "modes.mobile",
    ),
    "device mode on mobile without sdk": (definition(head=MOBILE), "device-without-sdk", "mobile =", 'ios = "must"'),
    "a method twice": (definition(methods='["track", "track"]'), "method-twice", "methods =", "once"),
    "setting's name with a blank": (
        definition(settings=SETTING.replace('"apiKey"', '"api key"')),
        "setting-name",
        'name = "api key"',
        "letters, digits",
    ),
    "setting's name of a prototype": (
        definition(settings=SETTING.replace('"apiKey"', '"__proto__"')),
        "setting-name",
        'name = "__proto__"',
        "letters, digits",
    ),
    "two settings of one name": (
        definition(settings=SETTING + SETTING.replace("API key", "Another")),
        "setting-twice",
        'display_name = "Another"',
        "another name",
    ),
    "exposed without device mode": (
        definition(head=HEAD.replace('"device", ', ""), settings=SETTING + 'expose = "device"'),
        "expose-without-device",
        "expose =",
        "add the mode",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_broken_rule_is_named_with_its_line_and_what_is_allowed(case: str) -> None:
    text, rule, written, allowed = BROKEN[case]
    (problem,) = problems_of(text)
    assert problem.rule == rule
    assert allowed in problem.text
    line = line_of(text, written) - (1 if rule == "setting-twice" else 0)
    assert str(problem).startswith(f"catalog/tool.toml:{line}: {rule}: ")


def test_a_definition_without_settings_is_valid() -> None:
    assert read_definition(definition(settings=""), "tool.toml").settings == ()


def test_all_rules_that_one_file_breaks_are_reported_together() -> None:
    text = definition(slug='"other"', website='"nowhere"', methods='["track", "track"]')
    assert [problem.rule for problem in problems_of(text)] == ["slug-is-file-name", "website-url", "method-twice"]
