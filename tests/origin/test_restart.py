"""An edge node that starts again with nothing else up: last known good from its disk, marked, and nothing revoked."""

from pathlib import Path

import orjson
import pytest

from edge.cache.ledger_file import LedgerFile
from edge.model.change import Verb
from tests.delivery.paths import ASSET, LOADER, SETTINGS, UNKNOWN
from tests.origin.conftest import EdgeMaker
from tests.origin.stage import Control, Edge
from tests.support.asgi import Reply
from tests.support.clock import HandClock
from tests.support.sqlite import copied, put_back
from tests.support.world import CODE

pytestmark = pytest.mark.anyio
NOWHERE = ("http://127.0.0.1:9",)
STALE = "edgewise; fwd=stale; detail=store-unavailable"
DAY = 86_400


@pytest.fixture
async def ended(control: Control, edge: Edge) -> Edge:
    """An edge node that served two documents and a file, and was killed."""
    for path in (SETTINGS, LOADER, ASSET):
        assert (await edge.get(path)).status == 200
    await edge.written()
    return edge


async def again(make_edge: EdgeMaker, **more: object) -> Edge:
    """The next process of the same host, with every control node down."""
    made = make_edge(origins=NOWHERE, **more)
    await made.start()
    return made


def is_last_known_good(reply: Reply) -> bool:
    return (reply.status, reply.all("cache-status"), reply["cache-control"]) == (
        200,
        [STALE],
        "public, max-age=5, stale-if-error=0",
    )


async def test_i20_it_serves_what_it_served_marked_as_stale(ended: Edge, make_edge: EdgeMaker) -> None:
    before = await ended.get(SETTINGS)
    edge = await again(make_edge)
    for path in (SETTINGS, LOADER):
        assert is_last_known_good(await edge.get(path))
    assert (await edge.get(SETTINGS)).body == before.body
    assert (await edge.get(SETTINGS))["edge-as-of"] == before["edge-as-of"]


async def test_i35_it_is_not_ready_and_says_so(ended: Edge, make_edge: EdgeMaker) -> None:
    edge = await again(make_edge)
    await edge.get(SETTINGS)
    assert (await edge.get("/readyz")).status == 503
    assert (await edge.get("/healthz")).status == 200


async def test_files_are_served_as_ever(ended: Edge, make_edge: EdgeMaker) -> None:
    reply = await (await again(make_edge)).get(ASSET)
    assert (reply.status, reply.body) == (200, CODE.body)
    assert "immutable" in reply["cache-control"]


async def test_what_it_never_served_is_503(ended: Edge, make_edge: EdgeMaker) -> None:
    edge = await again(make_edge)
    assert (await edge.get(f"/v1/projects/{UNKNOWN}/settings")).status == 503
    assert (await edge.get(ASSET.replace(CODE.hash, "0" * 32))).status == 503


async def test_it_is_served_as_long_as_it_may_be_from_the_last_proof_on_and_not_a_second_longer(
    control: Control, ended: Edge, make_edge: EdgeMaker
) -> None:
    control.clock.advance(DAY / 2)
    await control.follow()
    await ended.follow()
    await ended.written()
    edge = await again(make_edge)
    control.clock.advance(DAY - 1)
    assert is_last_known_good(await edge.get(SETTINGS))
    control.clock.advance(1)
    assert (await edge.get(SETTINGS)).status == 503


async def test_the_hard_budget_holds_over_a_restart(control: Control, ended: Edge, make_edge: EdgeMaker) -> None:
    edge = await again(make_edge, stale_if_error=0)
    control.clock.advance(1779)
    assert is_last_known_good(await edge.get(SETTINGS))
    control.clock.advance(1)
    assert (await edge.get(SETTINGS)).status == 503


@pytest.mark.parametrize(("verb", "tag"), [("revoke", "source:s1"), ("revoke", "all"), ("invalidate", "source:s1")])
async def test_i20_what_was_purged_before_it_ended_is_503(
    control: Control, ended: Edge, make_edge: EdgeMaker, verb: Verb, tag: str
) -> None:
    await control.world.purge(tag, verb=verb)
    await control.follow()
    await ended.follow()
    if verb == "invalidate":
        await ended.written()
    assert (await (await again(make_edge)).get(SETTINGS)).status == 503


async def test_i20_a_revoke_is_durable_before_its_receipt_can_say_live(
    control: Control, ended: Edge, make_edge: EdgeMaker
) -> None:
    revoke = await control.world.purge("source:s1", verb="revoke")
    await control.follow()
    (before,) = [row for row in await control.ground.roster.rows() if row.role == "edge"]
    directory = ended.outpost.settings.data_dir / "copies"
    original = ended.outpost.roster._post
    seen: list[dict[str, int]] = []

    async def posting(path: str, document: object) -> dict[str, object]:
        ledger = LedgerFile(directory / "journal.json", "").read(control.clock())
        assert ledger is not None
        seen.append(dict(ledger.revoked))
        return await original(path, document)

    ended.outpost.roster._post = posting  # type: ignore[method-assign]  # looked at between the two steps
    await ended.follow()
    (after,) = [row for row in await control.ground.roster.rows() if row.role == "edge"]
    assert (before.cursor, after.cursor) == (revoke.position - 1, revoke.position)
    assert seen == [{"source:s1": revoke.position}]


async def test_i20_a_receipt_of_a_revoke_counts_the_disk_of_a_node_that_left_in_order(
    control: Control, ended: Edge, make_edge: EdgeMaker
) -> None:
    await ended.outpost.membership.leave()
    revoke = await control.world.purge("source:s1", verb="revoke")
    await control.follow()
    waiting = await control.receipt(revoke.position)
    assert (waiting.state, [one.host for one in waiting.unreachable]) == ("live", ["edge-host"])
    # And so it should: with nothing else up, that disk shows what was revoked.
    assert is_last_known_good(await (await again(make_edge)).get(SETTINGS))
    heir = make_edge()
    await heir.start()
    await heir.join()
    assert (await control.receipt(revoke.position)).state == "pending"
    await heir.follow()
    settled = await control.receipt(revoke.position)
    assert (settled.state, settled.unreachable) == ("settled", ())
    # It is written down by now: whoever comes to that disk knows of it.
    await heir.outpost.membership.leave()
    assert (await control.receipt(revoke.position)).state == "settled"
    assert (await (await again(make_edge)).get(SETTINGS)).status == 503


async def test_a_disk_of_another_directory_of_the_same_host_is_another_disk(
    control: Control, ended: Edge, make_edge: EdgeMaker
) -> None:
    await ended.outpost.membership.leave()
    revoke = await control.world.purge("source:s1", verb="revoke")
    await control.follow()
    other = make_edge("other")
    await other.start()
    await other.join()
    await other.follow()
    waiting = await control.receipt(revoke.position)
    assert (waiting.state, [one.node for one in waiting.unreachable]) == ("live", [ended.outpost.membership.node])


async def test_a_revoke_while_it_was_down_is_obeyed_from_when_it_knows(
    control: Control, ended: Edge, make_edge: EdgeMaker
) -> None:
    await control.world.purge("source:s1", verb="revoke")
    await control.follow()
    edge = make_edge()
    await edge.start()
    assert is_last_known_good(await edge.get(SETTINGS))
    await edge.join()
    await edge.follow()
    assert (await edge.get(SETTINGS))["cache-status"] == "edgewise; fwd=miss"
    await edge.written()
    later = await again(make_edge)
    assert is_last_known_good(await later.get(SETTINGS)), "read after the revoke"
    assert (await later.get(LOADER)).status == 503, "read before it"


async def test_what_it_answers_from_the_disk_is_read_anew_at_the_first_sync(
    control: Control, ended: Edge, make_edge: EdgeMaker
) -> None:
    edge = make_edge()
    await edge.start()
    await edge.get(SETTINGS)
    await control.world.configure("second-api-key")
    await control.follow()
    await edge.join()
    await edge.follow()
    reply = await edge.get(SETTINGS)
    assert reply["cache-status"] == "edgewise; fwd=miss"
    assert orjson.loads(reply.body)["remotePlugins"][0]["settings"]["apiKey"] == "second-api-key"


@pytest.mark.parametrize("new_epoch", [True, False])
async def test_copies_of_a_store_that_was_replaced_are_emptied(
    control: Control, ended: Edge, make_edge: EdgeMaker, tmp_path: Path, new_epoch: bool
) -> None:
    database = control.world.directory / "edgewise.db"
    copy = copied(database, tmp_path / "copy.db")
    await control.world.configure("lost-api-key")
    await control.follow()
    await ended.follow()
    await ended.get(SETTINGS)
    await ended.written()
    put_back(copy, database)
    if new_epoch:
        await control.world.store.begin_epoch()
    await control.world.configure("another-api-key")
    await control.world.configure("yet-another-api-key")
    await control.follow()
    edge = make_edge()
    await edge.start()
    await edge.join()
    await edge.follow()
    await edge.stop()
    assert list((edge.outpost.settings.data_dir / "copies").glob("*/*/*")) == []
    assert (await (await again(make_edge)).get(SETTINGS)).status == 503


async def test_a_disk_that_cannot_be_used_breaks_nothing_but_the_restart(
    control: Control, make_edge: EdgeMaker, tmp_path: Path
) -> None:
    (tmp_path / "edge").mkdir()
    for name in ("copies", "files"):
        (tmp_path / "edge" / name).write_bytes(b"a file where the directory should be")
    edge = make_edge()
    await edge.start()
    await edge.join()
    await edge.follow()
    for path in (SETTINGS, LOADER, ASSET):
        assert (await edge.get(path)).status == 200
    await control.world.purge("source:s1", verb="revoke")
    await control.follow()
    await edge.follow()
    assert (await edge.get(SETTINGS)).status == 200
    await edge.written()
    assert edge.outpost.stats.heartbeat_failures == 0
    assert edge.outpost.stats.copies_failed >= 4
    assert (await (await again(make_edge)).get(SETTINGS)).status == 503


async def test_workers_of_a_host_share_what_either_kept(control: Control, make_edge: EdgeMaker) -> None:
    first, second = make_edge(), make_edge()
    for edge in (first, second):
        await edge.start()
        await edge.join()
        await edge.follow()
    await first.get(SETTINGS)
    await second.get(LOADER)
    for edge in (first, second):
        await edge.written()
    edge = await again(make_edge)
    for path in (SETTINGS, LOADER):
        assert is_last_known_good(await edge.get(path))


async def test_a_clock_an_hour_behind_the_control_node_loses_no_time_over_a_restart(
    control: Control, make_edge: EdgeMaker
) -> None:
    clock = HandClock(control.clock.wall - 3600)
    edge = make_edge(clock=clock)
    await edge.start()
    await edge.join()
    await edge.follow()
    await edge.get(SETTINGS)
    await edge.written()
    later = await again(make_edge, clock=clock)
    clock.advance(DAY - 1)
    assert is_last_known_good(await later.get(SETTINGS))
    clock.advance(1)
    assert (await later.get(SETTINGS)).status == 503
