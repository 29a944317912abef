"""Claims about nginx as a front, with the real one: what is called shown was seen, and nothing else ever is (I13)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from edge.fronts.cache_files import CacheFiles
from edge.fronts.front import Due, FrontDownError, FrontError, Reach
from edge.fronts.nginx import NginxFront
from edge.publish.publication import COMMON, KINDS, PATHS, Kind
from edge.publish.variants import Encoding
from tests.support.fronted import VARIANTS, Fronted, fronted
from tests.support.held_upstream import Upstream

pytestmark = pytest.mark.anyio
KEY = "wk_nginx_0001"
OTHER = "wk_nginx_0002"


@pytest.fixture
async def stage() -> AsyncIterator[Fronted]:
    async with fronted() as made:
        yield made


def due(position: int, reach: Reach = Reach.EVERY, key: str = KEY) -> Due:
    return Due(key, "e1", position, KINDS, reach)


async def fill(stage: Fronted, *variants: Any) -> None:
    """As visitors would."""
    for kind, encoding in variants or VARIANTS:
        await stage.get(kind, KEY, encoding)


def asked(stage: Fronted) -> int:
    """How often nodes were asked since the last call."""
    total = stage.upstream.asked.total()
    stage.upstream.asked.clear()
    return total


async def test_a_refresh_replaces_what_is_held_and_a_visitor_finds_it_there(stage: Fronted) -> None:
    await fill(stage)
    stage.upstream.position = 7
    await stage.front.refresh(due(7))
    for kind, encoding in VARIANTS:
        answer = await stage.get(kind, KEY, encoding)
        assert answer.headers.get_list("Cache-Status", split_commas=True)[-1] == "nginx; hit"
        assert answer.headers["Edge-As-Of"] == "e1.7"
        assert answer.text == f"{PATHS[kind].format(key=KEY)} as of 7, {encoding}"


async def test_a_refresh_brings_in_what_was_not_held(stage: Fronted) -> None:
    await stage.front.refresh(due(1))
    assert {await stage.status(kind, KEY, encoding) for kind, encoding in VARIANTS} == {"nginx; hit"}


async def test_that_there_is_no_such_key_is_shown_like_anything_else(stage: Fronted) -> None:
    await fill(stage)
    stage.upstream.missing.add(KEY)
    stage.upstream.position = 7
    await stage.front.refresh(due(7))
    assert (await stage.get("settings", KEY)).status_code == 404
    assert set((await stage.shown(KEY)).values()) == {"e1.7"}


def fails(upstream: Upstream) -> None:
    upstream.status = 503


def breaks(upstream: Upstream) -> None:
    upstream.status = 500


def redirects(upstream: Upstream) -> None:
    upstream.status = 302


def lags(upstream: Upstream) -> None:
    upstream.position = 6


def is_another(upstream: Upstream) -> None:
    upstream.epoch, upstream.position = "e2", 99


def says_nothing(upstream: Upstream) -> None:
    upstream.says_as_of = False


@pytest.mark.parametrize("goes_wrong", [fails, breaks, redirects, lags, is_another, says_nothing])
async def test_i13_an_answer_that_is_none_or_not_late_enough_is_an_error_until_it_is_healed(
    stage: Fronted, goes_wrong: Callable[[Upstream], None]
) -> None:
    await fill(stage)
    stage.upstream.position = 7
    goes_wrong(stage.upstream)
    with pytest.raises(FrontError) as raised:
        await stage.front.refresh(due(7))
    assert not isinstance(raised.value, FrontDownError)
    assert len(str(raised.value)) < 200
    stage.upstream.status, stage.upstream.epoch, stage.upstream.position = 200, "e1", 7
    stage.upstream.says_as_of = True
    await stage.front.refresh(due(7))


async def test_i13_an_answer_that_does_not_come_is_an_error(stage: Fronted) -> None:
    async with fronted(patience=0.2) as impatient:
        impatient.upstream.silent = True
        with pytest.raises(FrontError, match=r"no answer within 0\.2 s"):
            await impatient.front.refresh(due(1))
        impatient.upstream.silent = False
        await impatient.front.refresh(due(1))


async def test_i13_nodes_that_cannot_be_reached_are_an_error(stage: Fronted) -> None:
    stage.app.unlink()
    with pytest.raises(FrontError, match="answered 503"):
        await stage.front.refresh(due(1))


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
async def test_i13_one_variant_that_is_not_shown_is_an_error_though_all_others_are(
    stage: Fronted, variant: tuple[Kind, Encoding]
) -> None:
    stage.upstream.position = 7
    stage.upstream.lagging.add((PATHS[variant[0]].format(key=KEY), variant[1]))
    with pytest.raises(FrontError, match=rf"{variant[0]} \({variant[1]}\): shows position 6, and 7 is due"):
        await stage.front.refresh(due(7))


async def test_i13_what_is_answered_but_not_stored_is_an_error_while_older_is_shown(stage: Fronted) -> None:
    await fill(stage)
    stage.upstream.position, stage.upstream.lifetime = 7, 0
    with pytest.raises(FrontError, match=r"is refreshed, but shows position 1, and 7 is due"):
        await stage.front.refresh(due(7))


async def test_i13_an_nginx_that_is_not_there_is_down(stage: Fronted, tmp_path: Path) -> None:
    front = NginxFront(tmp_path / "nobody.sock", CacheFiles(tmp_path))
    with pytest.raises(FrontDownError, match="nginx cannot be reached"):
        await front.refresh(due(1))
    stage.nginx.end()
    with pytest.raises(FrontDownError, match="nginx cannot be reached"):
        await stage.front.refresh(due(1))


async def test_connections_that_nginx_has_ended_meanwhile_are_replaced(stage: Fronted) -> None:
    await stage.front.refresh(due(1))
    for channel in stage.front._channels._free:
        channel.close()
    await stage.front.refresh(due(1))


async def test_only_what_is_held_is_refreshed_where_that_will_do(stage: Fronted) -> None:
    await fill(stage, ("settings", "br"), ("loader", "identity"))
    asked(stage)
    stage.upstream.position = 7
    await stage.front.refresh(due(7, Reach.EVERY, OTHER))
    assert asked(stage) == len(VARIANTS)
    await stage.front.refresh(due(7, Reach.HELD, OTHER))
    assert asked(stage) == len(VARIANTS)
    await stage.front.refresh(due(7, Reach.HELD))
    assert asked(stage) == 2
    assert set((await stage.shown(KEY)).values()) == {"e1.7"}


async def test_a_loaders_halves_are_fetched_only_where_they_are_held(stage: Fronted) -> None:
    half: tuple[Kind, Encoding] = ("manifest", "br")
    await fill(stage, ("settings", "br"), half)
    await stage.front.refresh(due(1, Reach.HELD))
    asked(stage)
    stage.upstream.position = 7
    await stage.front.refresh(due(7))
    assert stage.upstream.asked.keys() == {
        (PATHS[kind].format(key=KEY), encoding)
        for kind, encoding in VARIANTS
        if kind in COMMON or (kind, encoding) == half
    }
    assert set((await stage.shown(KEY)).values()) == {"e1.7"}


async def test_a_half_that_arrives_while_the_rest_is_refreshed_is_not_left_old(stage: Fronted) -> None:
    await fill(stage, ("settings", "br"))
    await stage.front.refresh(due(1, Reach.HELD))
    late, last = stage.upstream.hold("manifest", KEY, "br"), stage.upstream.hold("settings", KEY, "br")
    visitor = asyncio.create_task(stage.get("manifest", KEY, "br"))
    await late.decided.wait()
    stage.upstream.position = 7
    refreshing = asyncio.create_task(stage.front.refresh(due(7)))
    await last.decided.wait()
    late.release.set()
    assert (await visitor).headers["Edge-As-Of"] == "e1.1"
    last.release.set()
    await refreshing
    assert (await stage.get("manifest", KEY, "br")).headers["Edge-As-Of"] == "e1.7"


async def test_as_long_as_no_copy_was_found_where_it_has_to_be_everything_is_refreshed(
    stage: Fronted, tmp_path: Path
) -> None:
    elsewhere = NginxFront(stage.refresh, CacheFiles(tmp_path / "elsewhere"))
    for _ in range(2):
        await elsewhere.refresh(due(1, Reach.HELD))
        assert asked(stage) == len(VARIANTS)
    await elsewhere.close()


async def test_what_shows_the_position_already_is_left_alone_where_that_will_do(stage: Fronted) -> None:
    await fill(stage, ("settings", "br"), ("loader", "identity"))
    await stage.front.refresh(due(1, key=OTHER))
    asked(stage)
    await stage.front.refresh(due(1, Reach.OLDER))
    assert asked(stage) == 0
    stage.upstream.position = 7
    await stage.front.refresh(due(7, Reach.OLDER))
    assert asked(stage) == 2


async def test_emptying_drops_every_copy_while_nginx_runs(stage: Fronted) -> None:
    await fill(stage)
    assert await stage.front.empty() == len(VARIANTS)
    assert await stage.status("settings", KEY) == "nginx; fwd=uri-miss"
    assert await stage.status("settings", KEY) == "nginx; hit"
