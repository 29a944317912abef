"""What a source's loader may be made of."""

from dataclasses import replace

import pytest

from edge.manage import explain, sources
from edge.manage.loaders import LoaderPatch, patched_loader
from edge.manage.problem import ProblemError
from edge.manage.sources import SourcePatch
from edge.model.client import Client, official_slug
from edge.model.source import LoaderConfig, Source
from edge.publish.wire import Origin
from tests.manage.stage import ACME, Stage
from tests.support.world import KEY, SOURCE, asset

pytestmark = pytest.mark.anyio

VERSIONS = ("1.84.3", "1.9.0")
OWN, PINNED = LoaderConfig(), LoaderConfig("analytics-next", "1.9.0")
CODE = asset("key='__WRITE_KEY__'")


def shipped(version: str) -> Client:
    return Client(official_slug(version), version, CODE.hash, "1")


def having(config: LoaderConfig) -> Source:
    return replace(SOURCE, loader=config)


@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [
        (OWN, LoaderPatch(), OWN),
        (PINNED, LoaderPatch(), PINNED),
        (OWN, LoaderPatch(client="analytics-next"), LoaderConfig("analytics-next", "1.84.3")),
        (OWN, LoaderPatch(client="analytics-next", version="1.9.0"), PINNED),
        (PINNED, LoaderPatch(client="analytics-next"), PINNED),
        (PINNED, LoaderPatch(version=""), LoaderConfig("analytics-next", "1.84.3")),
        (PINNED, LoaderPatch(bundle="inline"), replace(PINNED, bundle="inline")),
        (PINNED, LoaderPatch(client=""), OWN),
        (PINNED, LoaderPatch(client="edgewise", version=""), OWN),
        (OWN, LoaderPatch(bundle="separate"), LoaderConfig(bundle="separate")),
        (LoaderConfig(bundle="separate"), LoaderPatch(bundle=""), OWN),
        (LoaderConfig(bundle="separate"), LoaderPatch(client="edgewise"), LoaderConfig(bundle="separate")),
    ],
)
def test_a_patch_sets_what_it_names_and_pins_the_newest_version(
    before: LoaderConfig, patch: LoaderPatch, after: LoaderConfig
) -> None:
    assert patched_loader(having(before), patch, VERSIONS) == after


@pytest.mark.parametrize(
    ("source", "patch", "versions", "said"),
    [
        (SOURCE, LoaderPatch(client="segment"), VERSIONS, r"^client: 'segment' is not one of edgewise, analytics-next"),
        (SOURCE, LoaderPatch(bundle="both"), VERSIONS, r"^bundle: 'both' is not one of inline, separate; or empty"),
        (
            SOURCE,
            LoaderPatch("analytics-next", "1.0.0"),
            VERSIONS,
            r"^client_version: .*allowed: 1.84.3, 1.9.0$",
        ),
        (SOURCE, LoaderPatch(version="1.9.0"), VERSIONS, r"^client_version: edgewise has none to choose from"),
        (SOURCE, LoaderPatch(client="analytics-next"), (), r"^client: this edge has no version of analytics-next"),
        (
            replace(SOURCE, type="ios"),
            LoaderPatch(client="analytics-next"),
            VERSIONS,
            r"^client: site is a mobile source",
        ),
        (replace(SOURCE, type="node"), LoaderPatch(bundle="inline"), VERSIONS, r"^bundle: site is a server source"),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(
    source: Source, patch: LoaderPatch, versions: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ProblemError, match=said):
        patched_loader(source, patch, versions)


async def test_a_change_of_the_client_shows_to_everybody_who_has_the_loader(stage: Stage) -> None:
    await stage.world.commit(*map(shipped, VERSIONS), assets=[CODE])
    patch = SourcePatch(loader=LoaderPatch(client="analytics-next"))
    done = await sources.change(stage.manage, ACME, "acme", "site", patch)
    assert done.document.loader == LoaderConfig("analytics-next", "1.84.3")
    assert (await stage.entry(done.position)).tags == ("source:s1",)


async def test_explain_warns_of_a_version_that_the_store_does_not_have(stage: Stage) -> None:
    await stage.world.commit(having(PINNED), shipped("1.84.3"), assets=[CODE])
    found = await explain.explain_key(stage.manage, ACME, KEY, Origin("https://edge.example", "t.example/v1"))
    assert ["version 1.9.0" in text and "1.84.3" in text for text in found.warnings] == [True]
