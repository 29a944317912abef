"""The rules of a definition as data: what is written, which rule it breaks, where, and what the error must say."""

import pytest

from edge.catalog.reader import read_definition
from tests.catalog.samples import HEAD, SETTING, definition, line_of, problems_of

MOBILE = HEAD.replace('web = ["device", "cloud"]', 'mobile = ["device"]')
DIRECTIVES = "\n[directives]\n"

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
    "a frame from a page's address": (
        definition(settings=DIRECTIVES + 'frame-src = ["https://tool.example/frame"]'),
        "directive-source",
        "frame-src =",
        "hosts",
    ),
    "scripts of the page's own": (
        definition(settings=DIRECTIVES + "script-src = [\"'unsafe-inline'\"]"),
        "directive-source",
        "script-src =",
        "'unsafe-inline'",
    ),
    "a frame that is a text": (
        definition(settings=DIRECTIVES + 'frame-src = ["data:"]'),
        "directive-source",
        "frame-src =",
        "data:",
    ),
    "a picture from a socket": (
        definition(settings=DIRECTIVES + 'img-src = ["wss://tool.example"]'),
        "directive-source",
        "img-src =",
        "connect-src",
    ),
    "a style of a setting that is not exposed": (
        definition(settings=DIRECTIVES + 'style-src = ["{apiKey}"]' + SETTING),
        "directive-source",
        "style-src =",
        "hosts",
    ),
    "an unknown directive": (
        definition(settings=DIRECTIVES + 'default-src = ["https://tool.example"]'),
        "unknown-value",
        "default-src =",
        "'frame-src'",
    ),
    "a directive without sources": (
        definition(settings=DIRECTIVES + "frame-src = []"),
        "empty-value",
        "frame-src =",
        "leave it out",
    ),
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


def test_directives_have_hosts_settings_that_are_exposed_and_what_their_kind_may_have() -> None:
    written = """
        style-src = ["https://*.tool.example", "'unsafe-inline'"]
        img-src = ["data:", "blob:"]
        frame-src = ["{apiKey}"]
        connect-src = ["wss://tool.example:8443"]
    """
    found = read_definition(definition(settings=DIRECTIVES + written + SETTING + 'expose = "device"'), "tool.toml")
    assert found.directives == {
        "style-src": ("https://*.tool.example", "'unsafe-inline'"),
        "img-src": ("data:", "blob:"),
        "frame-src": ("{apiKey}",),
        "connect-src": ("wss://tool.example:8443",),
    }


def test_a_definition_without_directives_has_none() -> None:
    assert read_definition(definition(hosts='["https://tool.example"]'), "tool.toml").directives == {}


def test_all_rules_that_one_file_breaks_are_reported_together() -> None:
    text = definition(slug='"other"', website='"nowhere"', methods='["track", "track"]')
    assert [problem.rule for problem in problems_of(text)] == ["slug-is-file-name", "website-url", "method-twice"]
