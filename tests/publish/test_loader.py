"""What a loader is put together from: parts, destinations' code, and a client, ours or the official one."""

import gzip
import json
import random
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import brotli
import pytest

from edge.model.asset import Asset
from edge.model.client import OWN, PREFIX, Client, official_slug, part_name
from edge.model.definition import Bundle
from edge.model.filter import Filter, FilterAction
from edge.model.source import LibraryConfig, LoaderConfig
from edge.publish.division import INLINE_BYTES
from edge.publish.loader import Loaders, chunks_of, parts_of
from edge.publish.manifest import Manifest, Plugin
from edge.publish.pieces import ClientMissingError, Pieces
from edge.publish.routing import Rule, rule_as_json, steps_of
from edge.publish.variants import encode_pieces
from edge.publish.wire import Origin, settings_document
from tests.support.world import KEY, asset

pytestmark = pytest.mark.anyio

ORIGIN = Origin("https://edge.example")
NODE = shutil.which("node")
SETTINGS: dict[str, Any] = {"integrations": {"Segment.io": {}}, "remotePlugins": []}
SEPARATE, INLINE, CHOSEN = (LoaderConfig(bundle=how) for how in ("separate", "inline", None))

CLIENT = asset(
    "globalThis.seen = {parts: __PARTS__, settings: __EDGEWISE__.settings, inlined: __EDGEWISE__.inlined,"
    " globals: Object.keys(globalThis)}; //"
)
RULES, CONSENT = asset("(()=>{__PARTS__.rules='r'})(); //"), asset("(()=>{__PARTS__.consent='c'})();")
PLAIN = asset("(()=>{__PARTS__.rules='plain'})();")
PARTS = {part_name("rules"): RULES.hash, part_name("plainRules"): PLAIN.hash, part_name("consent"): CONSENT.hash}
OWN_CLIENT = Client(OWN, "1", CLIENT.hash, "1", PARTS | {"lazy/x": "0" * 32})
STANDALONE = asset('globalThis.key="__WRITE_KEY__";//# sourceMappingURL=standalone.js.map')
BEFORE = asset("globalThis.foreseen = __EDGEWISE__;")
CHUNKS = (
    "ajs-destination",
    "tsub-middleware",
    "schemaFilter",
    "remoteMiddleware",
    "queryString",
    "legacyVideos",
    "407",
)
OFFICIAL_CLIENT = Client(
    official_slug("1.84.3"),
    "1.84.3",
    STANDALONE.hash,
    "1",
    {PREFIX: BEFORE.hash} | {f"{chunk}.bundle.0123456789.js": "0" * 32 for chunk in CHUNKS},
)
OFFICIAL = LoaderConfig("analytics-next", "1.84.3")


class Files:
    """An AssetSource that notes what it is asked for."""

    def __init__(self, *files: Asset) -> None:
        self.files = {one.hash: one for one in files}
        self.asked: list[str] = []

    async def asset(self, name: str) -> Asset | None:
        self.asked.append(name)
        return self.files.get(name)


def plugin(code: Asset, number: int = 1) -> Plugin:
    bundle = Bundle(code.hash, f"tool{number}Destination", code.integrity)
    return Plugin(f"Tool {number}", "Tool", f"tool-{number}", "Analytics", bundle, {})


def code(number: int, text: str = "") -> Asset:
    return asset(f'(()=>{{window["tool{number}Destination"]=()=>{number};{text}}})();')


async def compose(
    files: Files,
    *plugins: Plugin,
    config: LoaderConfig = CHOSEN,
    settings: Mapping[str, Any] = SETTINGS,
    client: Client = OWN_CLIENT,
) -> bytes:
    pieces = await Loaders(Pieces(files), ORIGIN).compose(client, config, plugins, KEY, settings)
    variants = encode_pieces(pieces)
    plain = variants["identity"].body
    assert gzip.decompress(variants["gzip"].body) == brotli.decompress(variants["br"].body) == plain
    return plain


def run(script: bytes, before: str = "") -> dict[str, Any]:
    """What ``globalThis.seen`` is after the script has run as a page's, functions by what they return or throw."""
    assert NODE is not None, "these tests need Node: run `make setup`"
    program = (
        f"globalThis.window=globalThis;{before};(0,eval)({json.dumps(script.decode())});"
        "const of=f=>{try{return f()}catch(e){return e.message}};"
        "console.log(JSON.stringify(globalThis.seen??{},(_,v)=>typeof v==='function'?of(v):v))"
    )
    done = subprocess.run([NODE, "-e", program], capture_output=True, text=True, check=True, timeout=60)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def url_of(one: Plugin) -> str:
    return f"https://edge.example/next-integrations/actions/{one.slug}/{one.bundle.hash}.js"


def filtered(condition: str, **action: Any) -> dict[str, Any]:
    """Settings with the rule of one filter."""
    taken = FilterAction(**{"type": "drop_event", **action})
    one = Filter("df_1", "s", "d", "d", "", condition, (taken,), enabled=True, created_at=0.0, updated_at=0.0)
    rule = rule_as_json(Rule("Tool", "Tool 1", steps_of([one])))
    return {"middlewareSettings": {"routingRules": [rule]}}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ()),
        ({"middlewareSettings": {"routingRules": []}}, ()),
        ({"middlewareSettings": {"routingRules": [{}]}}, ("plainRules",)),
        (filtered("all"), ("plainRules",)),
        (filtered('event = "Refund" and contains(properties.path, "/match")'), ("plainRules",)),
        (filtered('!match(event, "Re*")'), ("rules",)),
        (filtered("all", type="sample_event", percent=0.5), ("plainRules",)),
        (filtered("all", type="sample_event", percent=0.5, path="userId"), ("rules",)),
        ({"plan": {"track": {}}}, ("plan",)),
        ({"consentSettings": {}}, ("consent",)),
        (
            {"consentSettings": {"allCategories": []}, "middlewareSettings": {"routingRules": [{}]}},
            ("plainRules", "consent"),
        ),
    ],
)
def test_a_part_is_called_for_by_the_settings_that_need_it(settings: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert parts_of({**SETTINGS, **settings}) == expected


async def test_parts_run_before_the_client_and_only_those_that_are_called_for() -> None:
    files = Files(CLIENT, RULES, PLAIN, CONSENT)
    settings = {**SETTINGS, "middlewareSettings": {"routingRules": [{}]}}
    assert run(await compose(files, settings=settings))["parts"] == {"rules": "plain"}
    assert run(await compose(files, settings=settings | filtered('match(event, "*")')))["parts"] == {"rules": "r"}
    assert run(await compose(files))["parts"] == {}
    assert CONSENT.hash not in files.asked


async def test_a_client_from_before_plain_rules_has_those_for_all() -> None:
    old = replace(OWN_CLIENT, files={part_name("rules"): RULES.hash})
    assert run(await compose(Files(CLIENT, RULES), settings=SETTINGS | filtered("all"), client=old))["parts"] == {
        "rules": "r"
    }


async def test_a_client_from_before_a_part_goes_without_it() -> None:
    old = replace(OWN_CLIENT, files={})
    loader = await compose(
        Files(CLIENT), settings={**SETTINGS, "plan": {"track": {}}, "consentSettings": {}}, client=old
    )
    assert run(loader)["parts"] == {}


async def test_destinations_code_has_run_before_the_client_and_is_known_by_its_address() -> None:
    one, two = (plugin(code(number), number) for number in (1, 2))
    files = Files(CLIENT, code(1), code(2))
    again = replace(one, name="Tool 1 (second)")
    seen = run(await compose(files, one, again, two, config=INLINE))
    assert seen["inlined"] == {one.slug: 1, two.slug: 2}


async def test_separate_code_is_not_in_the_loader_and_not_read() -> None:
    files = Files(CLIENT, code(1))
    assert "inlined" not in run(await compose(files, plugin(code(1)), config=SEPARATE))
    assert files.asked == [CLIENT.hash]


NOT_SET = "the bundle did not set window.tool1Destination"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("throw new Error('broken')", "broken"),
        ("window.tool1Destination = 5", NOT_SET),
        ("var tool1Destination = () => 1", NOT_SET),
        ("", NOT_SET),
        ("'use strict'; undeclared = 1", "undeclared is not defined"),
        ("// no line break at the end", NOT_SET),
    ],
)
async def test_code_that_throws_or_sets_nothing_fails_with_that_reason_and_breaks_nothing_else(
    broken: str, reason: str
) -> None:
    """The factory that was there before, another source's, is not taken, and is there afterwards."""
    bad, good = plugin(asset(broken), 1), plugin(code(2), 2)
    loader = await compose(Files(CLIENT, asset(broken), code(2)), bad, good, config=INLINE)
    seen = run(loader + b"globalThis.seen.left = globalThis.tool1Destination();", "tool1Destination = () => 'theirs'")
    assert seen["inlined"] == {bad.slug: reason, good.slug: 2}
    assert seen["left"] == "theirs"


async def test_code_that_throws_after_it_has_set_its_global_counts() -> None:
    one = plugin(code(1, "throw 1"), 1)
    assert run(await compose(Files(CLIENT, code(1, "throw 1")), one, config=INLINE))["inlined"] == {one.slug: 1}


async def test_nothing_of_the_loader_is_seen_by_the_page() -> None:
    loader = await compose(Files(CLIENT, code(1)), plugin(code(1)), config=INLINE)
    assert not {"__EDGEWISE__", "__PARTS__", "__INLINE__"} & set(run(loader)["globals"])


def settings_of(*plugins: Plugin) -> dict[str, Any]:
    return settings_document(Manifest("web", LibraryConfig(), plugins, (), ()), KEY, ORIGIN)


async def test_integrity_and_global_are_told_of_the_code_that_is_loaded_and_not_of_what_is_in_the_loader() -> None:
    inside, outside = plugin(code(1), 1), replace(plugin(code(2), 2), added=True)
    settings = settings_of(inside, outside)
    told = run(await compose(Files(CLIENT, code(1)), inside, outside, config=INLINE, settings=settings))["settings"]
    first, second = settings["remotePlugins"]
    kept = {name: first[name] for name in first if name not in ("integrity", "libraryName")}
    assert told["remotePlugins"] == [{**kept, "url": inside.slug}, second]
    separate = run(await compose(Files(CLIENT), inside, outside, config=SEPARATE, settings=settings))["settings"]
    assert separate["remotePlugins"] == [first, second]


async def test_what_only_other_clients_read_of_the_settings_is_not_in_a_loader() -> None:
    settings = settings_of()
    told = run(await compose(Files(CLIENT), settings=settings))["settings"]
    assert settings.keys() - told.keys() == {"legacyVideoPluginsEnabled", "metrics"}
    entry, whole = told.pop("integrations")["Segment.io"], settings.pop("integrations")["Segment.io"]
    assert told == {name: settings[name] for name in told}
    # What our client takes for granted where nothing is said; it is said where it is otherwise.
    granted = {"addBundledMetadata": True, "protocol": "https", "unbundledIntegrations": []}
    assert (entry, whole) == ({"apiKey": KEY}, granted | {"apiKey": KEY, "apiHost": "edge.example/v1"})
    telling = settings_of()
    telling["integrations"]["Segment.io"] = {
        "addBundledMetadata": False,
        "apiHost": "edge.example/v1",
        "apiKey": KEY,
        "protocol": "http",
        "unbundledIntegrations": ["Mail"],
    }
    assert run(await compose(Files(CLIENT), settings=telling))["settings"]["integrations"] == telling["integrations"]


async def test_where_the_source_does_not_say_code_is_inline_up_to_a_size() -> None:
    large = code(1, f"//{random.Random(1).randbytes(INLINE_BYTES).hex()}\n")
    small = code(2)
    files = Files(CLIENT, large, small)
    both = [plugin(large, 1), plugin(small, 2)]
    assert len(gzip.compress(large.body)) > INLINE_BYTES
    assert "inlined" not in run(await compose(files, *both))
    assert set(run(await compose(files, both[1]))["inlined"]) == {both[1].slug}
    assert set(run(await compose(files, *both, config=INLINE))["inlined"]) == {one.slug for one in both}


@pytest.mark.parametrize("apart", [{"added": True}, {"consent": ("ads",)}], ids=["added", "needs-consent"])
async def test_code_of_another_maker_or_under_consent_is_never_in_the_loader(apart: dict[str, Any]) -> None:
    inside, outside = plugin(code(1), 1), replace(plugin(asset("((("), 2), **apart)
    for config in (INLINE, CHOSEN):
        files = Files(CLIENT, code(1))
        assert run(await compose(files, inside, outside, config=config))["inlined"] == {inside.slug: 1}


async def test_a_file_is_read_and_compressed_once_for_all_sources() -> None:
    files = Files(CLIENT, code(1))
    loaders = Loaders(Pieces(files), ORIGIN)
    first = await loaders.compose(OWN_CLIENT, CHOSEN, [plugin(code(1))], KEY, SETTINGS)
    second = await loaders.compose(OWN_CLIENT, CHOSEN, [plugin(code(1))], "wk_other_0002", SETTINGS)
    assert sorted(files.asked) == sorted([CLIENT.hash, code(1).hash])
    assert [a is b for a, b in zip(first, second, strict=True)] == [False, True, True, True, True, True]


@pytest.mark.parametrize("config", [INLINE, OFFICIAL], ids=["destination", "official"])
async def test_what_the_store_does_not_have_makes_no_loader(config: LoaderConfig) -> None:
    client = OFFICIAL_CLIENT if config.official else OWN_CLIENT
    with pytest.raises(ClientMissingError):
        await compose(Files(CLIENT, STANDALONE), plugin(code(1)), config=config, client=client)


async def test_the_official_client_is_unmodified_but_for_the_write_key() -> None:
    one, needs_consent = plugin(code(1)), replace(plugin(code(2), 2), consent=("ads",))
    loader = await compose(Files(STANDALONE, BEFORE), one, needs_consent, config=OFFICIAL, client=OFFICIAL_CLIENT)
    assert loader.endswith(b"})();\n" + STANDALONE.body.replace(b"__WRITE_KEY__", KEY.encode()))
    seen = run(loader + b"\n;globalThis.seen = {key, foreseen}")
    assert seen == {
        "key": KEY,
        "foreseen": {
            "writeKey": KEY,
            "cdn": "https://edge.example",
            "chunks": [],
            "query": "/analytics-next/bundles/queryString.bundle.0123456789.js",
            "plugins": [[url_of(one), "Tool", "Tool 1"]],
        },
    }


LISTED: dict[str, Any] = {"integrations": {"Segment.io": {}, "Tool": {}}}
RULE: dict[str, Any] = {"middlewareSettings": {"routingRules": [{}]}}
PLAN: dict[str, Any] = {"plan": {"track": {"__default": {}}}}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, []),
        (LISTED, ["ajs-destination"]),
        (RULE, ["tsub-middleware"]),
        # A plan is taken over by the listed destinations' code only.
        (PLAN, []),
        (LISTED | PLAN | RULE, ["tsub-middleware", "ajs-destination", "schemaFilter"]),
        ({"enabledMiddleware": {"m": False}}, []),
        ({"enabledMiddleware": {"m": False, "n": True}}, ["remoteMiddleware"]),
        ({"legacyVideoPluginsEnabled": True}, ["legacyVideos"]),
    ],
)
def test_the_chunks_are_those_that_the_official_client_asks_for(settings: dict[str, Any], expected: list[str]) -> None:
    paths = [f"/analytics-next/bundles/{chunk}.bundle.0123456789.js" for chunk in expected]
    assert chunks_of(OFFICIAL_CLIENT, {**SETTINGS, **settings})["chunks"] == paths


def test_an_older_official_client_without_these_chunks_is_asked_for_none() -> None:
    old = replace(OFFICIAL_CLIENT, files={PREFIX: BEFORE.hash, "870.bundle.0123456789.js": "0" * 32})
    assert chunks_of(old, {**SETTINGS, **LISTED, **RULE}) == {"chunks": [], "query": ""}


FITTING = "globalThis.fits = scripts[1].edgewise(scripts[0].edgewise)"


async def halves(
    files: Files,
    *plugins: Plugin,
    config: LoaderConfig = SEPARATE,
    settings: Mapping[str, Any] | None = None,
    client: Client = OWN_CLIENT,
) -> tuple[bytes, bytes]:
    told = settings_of(*plugins) if settings is None else settings
    found = await Loaders(Pieces(files), ORIGIN).halves(client, config, plugins, KEY, told)
    manifest, code_ = (encode_pieces(pieces)["identity"].body for pieces in (found.manifest, found.code))
    return manifest, code_


def put_together(manifest: bytes, code_: bytes, then: str = FITTING) -> dict[str, Any]:
    """``globalThis.seen`` after a page's snippet has had both run, and whether they fit."""
    steps = (f"document.currentScript=scripts[{at}];{half.decode()}\n" for at, half in enumerate((manifest, code_)))
    page = "globalThis.scripts=[{},{}];globalThis.document={};"
    script = f"{''.join(steps)}document.currentScript=null;{then};globalThis.seen={{...globalThis.seen,fits}}"
    return run(script.encode(), page)


async def test_put_together_halves_are_the_loader_with_code_inline() -> None:
    plain, waits = plugin(code(1), 1), replace(plugin(code(2), 2), consent=("ads",))
    files = Files(CLIENT, RULES, PLAIN, CONSENT, code(1))
    settings = settings_of(plain, waits) | filtered("all") | {"consentSettings": {}}
    whole = run(await compose(files, plain, waits, config=INLINE, settings=settings))
    for config in (SEPARATE, INLINE, CHOSEN):
        seen = put_together(*await halves(files, plain, waits, config=config, settings=settings))
        assert seen.pop("fits") is True
        assert {**seen, "globals": []} == {**whole, "globals": []}


async def test_nothing_runs_before_the_halves_are_put_together_nor_where_they_do_not_fit() -> None:
    first, second = plugin(code(1), 1), plugin(code(2), 2)
    files = Files(CLIENT, code(1), code(2))
    manifest, code_ = await halves(files, first)
    _, other = await halves(files, first, second)
    assert set(put_together(manifest, code_, "globalThis.fits = 0")) == {"fits"}
    for given, wanted in ((other, manifest), (code_, b"")):
        assert put_together(wanted, given) == {}


async def test_the_code_half_is_the_same_whatever_the_settings_are() -> None:
    """So that a browser which has it fetches the other alone when a setting changes."""
    one = plugin(code(1), 1)
    before, after = [await halves(Files(CLIENT, code(1)), replace(one, settings={"id": id_})) for id_ in (1, 2)]
    assert before[0] != after[0]
    assert before[1] == after[1]


@pytest.mark.parametrize("config", [SEPARATE, CHOSEN])
async def test_what_is_too_large_for_the_code_half_is_loaded_from_its_address(config: LoaderConfig) -> None:
    large = code(1, f"//{random.Random(1).randbytes(INLINE_BYTES).hex()}\n")
    both = plugin(large, 1), plugin(code(2), 2)
    settings = settings_of(*both)
    seen = put_together(*await halves(Files(CLIENT, large, code(2)), *both, config=config))
    assert set(seen["inlined"]) == {both[1].slug}
    assert seen["settings"]["remotePlugins"][0] == settings["remotePlugins"][0]


async def test_the_official_client_has_no_halves_and_its_source_says_so() -> None:
    told = await halves(Files(STANDALONE, BEFORE), plugin(code(1)), config=OFFICIAL, client=OFFICIAL_CLIENT)
    assert put_together(*told, then="globalThis.fits = scripts.map(s => s.edgewise ?? 'none')") == {
        "fits": ["none", "none"]
    }
