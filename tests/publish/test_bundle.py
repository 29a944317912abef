"""The loader bundle: client and manifest in one script, whatever the settings contain."""

import json
import shutil
import subprocess
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.publish.bundle import loader_bundle, official_head, script_string
from edge.publish.wire import to_json
from tests.publish.catalogs import AWKWARD, texts, values

URL = "https://edge.example"
NODE = shutil.which("node")

HOSTILE: list[Any] = [
    {"__proto__": {"polluted": True}},
    {"constructor": {"prototype": {"polluted": True}}},
    {"a": "</script><script>globalThis.polluted = true</script>"},
    {"a": "<!--<script>"},
    {"a": "-->"},
    {"a": "]]>"},
    {"a": "\u2028\u2029"},
    {"a": "');globalThis.polluted = true;('"},
    {"a": '");globalThis.polluted = true;("'},
    {"a": '\\");globalThis.polluted = true;("'},
    {"a": "\\u003c\\"},
    {"a": "${globalThis.polluted = true}`"},
    {"a": "*/globalThis.polluted = true/*"},
    {"a": "\n//\r\n"},
    {"a": "\x00\x01\x1f\x7f\x80\ufeff\ufffe\uffff"},
    {"a": "😀\U0010ffff"},
    {"toString": 1, "hasOwnProperty": 2, "": 3, "0": 4},
    {"a": [1, 1.5, -0.0, 1e300, True, False, None, [], {}]},
    dict.fromkeys(AWKWARD, 1),
]

# Runs the bundle as a page would, and tells what the client in it sees. One line in, one line out.
RUNNER = """
const vm = require('node:vm');
require('node:readline').createInterface({input: process.stdin}).on('line', line => {
  const context = vm.createContext({});
  vm.runInContext(JSON.parse(line), context);
  const own = value => Array.isArray(value) ? value.map(own)
    : value && typeof value === 'object'
      ? {keys: Object.keys(value).map(key => [key, own(Object.getOwnPropertyDescriptor(value, key).value)])} : value;
  console.log(JSON.stringify({
    seen: JSON.stringify(context.seen),
    polluted: vm.runInContext('globalThis.polluted === true || ({}).polluted === true', context),
    leaked: vm.runInContext('typeof __EDGEWISE__', context),
    plain: vm.runInContext('Object.getPrototypeOf(seen.settings) === Object.prototype', context),
    own: own(context.seen.settings),
  }));
});
"""
CLIENT = b"globalThis.seen = __EDGEWISE__;"


def run_in_node(bundles: list[bytes]) -> list[dict[str, Any]]:
    """What each script does in a realm of its own; one Node process for all."""
    assert NODE is not None, "these tests need Node: run `make setup`"
    lines = "\n".join(json.dumps(bundle.decode()) for bundle in bundles)
    done = subprocess.run([NODE, "-e", RUNNER], input=lines, capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def bundle_of(document: Any, write_key: str = "wk_demo_0001") -> bytes:
    return loader_bundle(CLIENT, write_key, URL, to_json(document))


def as_pairs(value: Any) -> Any:
    """Objects as lists of pairs, the way the runner tells them: a prototype could not hide in it."""
    if isinstance(value, dict):
        return {"keys": sorted([key, as_pairs(inner)] for key, inner in value.items())}
    return [as_pairs(inner) for inner in value] if isinstance(value, list) else value


def in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {"keys": sorted([key, in_order(inner)] for key, inner in value["keys"])}
    return [in_order(inner) for inner in value] if isinstance(value, list) else value


def safe_in_a_script_element(script: str) -> bool:
    """HTML Standard, "Restrictions for contents of script elements", and no line separator of older engines."""
    low = script.lower()
    return not any(mark in low for mark in ("</script", "<script", "<!--", "-->", "]]>", "\u2028", "\u2029"))


@given(st.dictionaries(texts, values, max_size=4))
@settings(deadline=None)
@example({"a": "</script>"})
@example({"<!--": "<script>"})
def test_no_setting_can_end_the_script_or_hide_what_follows(document: dict[str, Any]) -> None:
    assert safe_in_a_script_element(bundle_of(document).decode())


@given(texts)
def test_a_script_string_is_the_text(text: str) -> None:
    assert json.loads(script_string(text)) == text


@given(st.text(st.characters(codec="utf-8")))
def test_a_script_string_has_no_bracket_ampersand_or_line_separator_left(text: str) -> None:
    assert not set(script_string(text)) & set("<>&\u2028\u2029\n\r")


def test_half_a_surrogate_pair_is_refused_rather_than_garbled() -> None:
    with pytest.raises(TypeError):
        script_string("\ud800")


def test_in_a_real_engine_the_manifest_is_what_was_published_and_nothing_else_happens() -> None:
    for document, told in zip(HOSTILE, run_in_node([bundle_of(document) for document in HOSTILE]), strict=True):
        expected = orjson.loads(to_json(document))
        assert told["leaked"] == "undefined", document
        assert told["plain"], document
        assert not told["polluted"], document
        assert in_order(told["own"]) == as_pairs(expected), document
        seen = json.loads(told["seen"])
        assert (seen["writeKey"], seen["cdn"]) == ("wk_demo_0001", URL)


def test_in_a_real_engine_any_manifest_round_trips() -> None:
    documents: list[dict[str, Any]] = []

    @given(st.dictionaries(texts, values, max_size=4))
    @settings(deadline=None, max_examples=200, database=None)
    def collect(document: dict[str, Any]) -> None:
        documents.append(document)

    collect()
    for document, told in zip(documents, run_in_node([bundle_of(document) for document in documents]), strict=True):
        assert in_order(told["own"]) == as_pairs(orjson.loads(to_json(document))), document


def test_the_client_s_code_is_in_the_bundle_unaltered_and_sees_the_manifest_as_its_own() -> None:
    client = "/* </script> \u2028 */ globalThis.seen = __EDGEWISE__; //".encode()
    bundle = loader_bundle(client, "wk_demo_0001", URL, b"{}")
    assert client in bundle
    assert b"\n(function(){var __EDGEWISE__=JSON.parse(" in bundle
    assert bundle.endswith(b"\n})();\n"), "a comment at the client's end must not swallow the end of the function"


def test_our_loader_begins_with_the_hint_to_compile_it_while_it_comes_and_the_official_one_is_left_to_itself() -> None:
    # Anywhere but before everything else engines take it for any comment.
    assert bundle_of({}).startswith(b"//# allFunctionsCalledOnLoad\n(function(){")
    assert official_head("wk_demo_0001", URL, {}).startswith(b"(function(){")
