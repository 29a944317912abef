"""Who is asked what a browser gets: this host's nginx where it has one, else this node; and nobody else."""

import socket
from pathlib import Path

import pytest
from starlette.responses import Response

from edge.compose.ground import Ground
from edge.observe.asking import Asking
from edge.observe.evidence import Evidence
from edge.observe.listener import serving
from edge.observe.probe import Place, Probe
from edge.publish.publication import Publisher, Wanted
from edge.publish.wire import Origin
from tests.observe.stage import PUBLIC, Listening
from tests.support.world import KEY

pytestmark = pytest.mark.anyio
WANTED = Wanted("settings", KEY)


def probe_of(one: Listening, asking: Asking, path: Path | None = None) -> Probe:
    ground = one.node.ground
    assert isinstance(ground, Ground)
    evidence = Evidence(ground.store, Publisher(ground.store, Origin(PUBLIC), 30), asking, ground.stats)
    return Probe(asking, ground.membership, evidence, path)


async def test_without_nginx_this_node_is_asked_in_every_encoding(nodes: list[Listening]) -> None:
    asking = Asking()
    sight = await probe_of(nodes[0], asking).look(WANTED)
    assert sight.place == Place("node", nodes[0].url)
    assert list(sight.answers) == ["br", "gzip", "identity"]
    assert (sight.refused, sight.difference) == ((), None)
    assert nodes[1].node.ground.stats.fills == 0
    await asking.close()


async def test_nginx_that_does_not_answer_is_named_and_the_node_is_asked_instead(
    nodes: list[Listening], tmp_path: Path
) -> None:
    asking, path = Asking(), tmp_path / "none.sock"
    sight = await probe_of(nodes[0], asking, path).look(WANTED)
    assert [one.place for one in sight.refused] == [Place("nginx", f"unix:{path}")]
    assert "cannot be reached" in sight.refused[0].reason
    assert sight.place == Place("node", nodes[0].url)
    await asking.close()


async def test_what_nginx_answers_is_judged_by_the_store(
    nodes: list[Listening], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("s") / "r.sock"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    asking = Asking()
    async with serving(Response(b"{}", headers={"Edge-As-Of": "another-life.1", "ETag": '"x"'}), listener):
        sight = await probe_of(nodes[0], asking, path).look(WANTED)
    assert sight.place == Place("nginx", f"unix:{path}")
    assert sight.difference is not None
    assert sight.difference.trouble == "wrong"
    await asking.close()
