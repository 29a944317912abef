"""Keys and types of the format as data."""

import pytest

from edge.catalog.shape import DefinitionTable, SettingTable
from tests.catalog.samples import HEAD, SETTING, definition, line_of, problems_of, setting

REQUIRED = [key for key, field in DefinitionTable.model_fields.items() if field.is_required()]
REQUIRED_OF_SETTING = [key for key, field in SettingTable.model_fields.items() if field.is_required()]

BROKEN = {
    "an unknown key": (definition(colour='"red"'), "unknown-key", "colour =", "creation_name"),
    "an unknown key of a setting": (setting('colour = "red"'), "unknown-key", "colour =", "display_name"),
    "an unknown platform": (definition(head=HEAD + 'tv = ["cloud"]'), "unknown-value", "tv =", "'mobile'"),
    "an unknown mode": (definition(head=HEAD + 'server = ["fax"]'), "unknown-value", "server =", "'device' or 'cloud'"),
    "an unknown method": (definition(methods='["trakc"]'), "unknown-value", "methods =", "'track'"),
    "an unknown type": (setting('type = "selct"'), "unknown-value", "type =", "'select'"),
    "an unknown need of an sdk": (
        definition(head=HEAD + 'mobile = ["device"]\n[sdk]\nios = "should"'),
        "unknown-value",
        "ios =",
        "'must' or 'may'",
    ),
    "expose for anything but a device": (setting('expose = "cloud"'), "unknown-value", "expose =", "'device'"),
    "expose as a flag": (setting("expose = true"), "unknown-value", "expose =", "'device'"),
    "a number for a name": (definition(name="5"), "wrong-type", "name = 5", "a string"),
    "a text for a flag": (setting('required = "yes"'), "wrong-type", "required =", "true or false"),
    "a text for a list": (definition(methods='"track"'), "wrong-type", "methods =", "an array"),
    "a list for a table": (definition(sdk='["ios"]'), "wrong-type", "sdk =", "a table"),
    "no table of settings": (
        definition(settings="", additional_categories="[5]"),
        "wrong-type",
        "additional",
        "a string",
    ),
    "an empty name": (definition(name='""'), "empty-value", "name =", "give it a value"),
    "no method": (definition(methods="[]"), "empty-value", "methods =", "give it a value"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_the_shape_gets_wrong_is_named_with_its_line_and_what_is_allowed(case: str) -> None:
    text, rule, written, allowed = BROKEN[case]
    (problem,) = problems_of(text)
    assert (problem.rule, problem.line) == (rule, line_of(text, written))
    assert allowed in problem.text


@pytest.mark.parametrize("key", REQUIRED)
def test_a_missing_key_is_named(key: str) -> None:
    head = HEAD if key != "modes" else HEAD[: HEAD.index("[modes]")]
    (problem,) = problems_of(definition(head=head, drop=key))
    assert (problem.rule, problem.line) == ("missing-key", 1)
    assert problem.text.startswith(f"{key} is missing")


@pytest.mark.parametrize("key", REQUIRED_OF_SETTING)
def test_a_missing_key_of_a_setting_is_named_at_the_setting(key: str) -> None:
    kept = "\n".join(line for line in SETTING.splitlines() if line.split(" = ")[0] != key)
    text = definition(settings=SETTING.replace("apiKey", "other") + kept)
    (problem,) = problems_of(text)
    second = [number for number, line in enumerate(text.split("\n"), 1) if line == "[[settings]]"][1]
    assert (problem.rule, problem.line) == ("missing-key", second)
    assert problem.text.startswith(f"settings[1].{key} is missing")
