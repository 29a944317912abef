"""Control and edge nodes as processes: what happens to one when others are killed, frozen, and come back."""

import signal
from urllib.parse import urlsplit

import httpx
import pytest

from tests.cli.processes import Served, until
from tests.fleet.roles import LOADER, SETTINGS, Fleet, admin_of, api_key, get, is_stale, shows

pytestmark = pytest.mark.timeout(300)


def ports_of(control: Served) -> tuple[int, int]:
    return int(control.said["port"]), int(admin_of(control).rpartition(":")[2])


def state(node: Served) -> tuple[int, str]:
    answer = get(node, "/readyz")
    return answer.status_code, str(answer.json().get("status"))


def test_an_edge_node_follows_its_control_node_outlives_it_and_finds_it_again(fleet: Fleet) -> None:
    with fleet.control() as control:
        ports = ports_of(control)
        with fleet.edge(admin_of(control)) as edge:
            for word in "ab":
                fleet.change(word)
                shows(edge, word)
            assert get(edge, "/v1beta/status").status_code == get(edge, "/origin/ready").status_code == 404
            assert {row["state"] for row in fleet.nodes()} == {"live"}

            control.end(signal.SIGKILL)
            until(lambda: is_stale(edge), "last known good, marked as stale")
            assert (api_key(edge), state(edge)) == ("b", (200, "degraded"))
            assert get(edge, "/v1/projects/wk_nobody_has_this/settings").status_code == 503

            with fleet.control(*ports):
                fleet.change("c")
                shows(edge, "c")
                until(lambda: state(edge) == (200, "ready"), "ready as before")
        assert "Traceback" not in edge.log.read_text()
        assert fleet.token not in edge.log.read_text()


def test_i20_i35_an_edge_node_starts_from_its_disk_with_everything_else_down(fleet: Fleet) -> None:
    with fleet.control() as control:
        ports, origin = ports_of(control), admin_of(control)
        with fleet.edge(origin) as edge:
            fleet.change("a")
            shows(edge, "a")
            before = {path: get(edge, path).content for path in (SETTINGS, LOADER)}
            (plugin,) = get(edge, SETTINGS).json()["remotePlugins"]
            file = urlsplit(plugin["url"]).path
            assert get(edge, file).status_code == 200
            edge.end(signal.SIGTERM)
    with fleet.edge(origin, well="/healthz") as edge:
        assert state(edge)[0] == 503
        for path, content in before.items():
            answer = get(edge, path)
            assert (answer.status_code, answer.content) == (200, content)
            assert answer.headers["cache-control"] == "public, max-age=5, stale-if-error=0"
            assert is_stale(edge, path)
        assert get(edge, file).status_code == 200
        assert get(edge, f"/v1/projects/{'x' * 20}/settings").status_code == 503
        with fleet.control(*ports):
            until(lambda: state(edge) == (200, "ready"), "ready once the journal was read")
            fleet.change("b")
            shows(edge, "b")


def test_i20_what_was_revoked_is_never_served_again_whatever_is_killed(fleet: Fleet) -> None:
    # The auditor would ask for what was purged, and have the edge node read it anew.
    with fleet.control(EDGE_AUDIT_INTERVAL="0") as control:
        origin = admin_of(control)
        with fleet.edge(origin) as edge:
            assert get(edge, SETTINGS).status_code == 200
            until(lambda: any((fleet.directory / "edge" / "copies").glob("*/*/*")), "a copy on the disk")
            fleet.shell.ok("purge", "--tag", "all", "--revoke", "--wait", "30s")
            edge.end(signal.SIGKILL)
        control.end(signal.SIGKILL)
    with fleet.edge(origin, well="/healthz") as edge:
        assert get(edge, SETTINGS).status_code == 503


def test_a_second_control_node_takes_over_while_the_first_is_down(fleet: Fleet) -> None:
    with (
        fleet.control() as first,
        fleet.control() as second,
        fleet.edge(admin_of(first), admin_of(second)) as edge,
    ):
        fleet.change("a")
        shows(edge, "a")
        first.end(signal.SIGKILL)
        fleet.change("b")
        shows(edge, "b")
        assert state(edge) == (200, "ready")


def test_i12_a_control_node_that_is_frozen_fences_its_edge_node_and_makes_nobody_wait(fleet: Fleet) -> None:
    with fleet.control() as control, fleet.edge(admin_of(control), EDGE_READ_TIMEOUT="0.5") as edge:
        assert get(edge, SETTINGS).status_code == 200
        control.process.send_signal(signal.SIGSTOP)
        try:
            until(lambda: is_stale(edge), "stale after the lease")
            assert state(edge) == (200, "degraded")
        finally:
            control.process.send_signal(signal.SIGCONT)
        fleet.change("a")
        shows(edge, "a")


def test_workers_of_an_edge_node_are_nodes_that_share_a_disk(fleet: Fleet) -> None:
    with fleet.control() as control:
        origin = admin_of(control)
        options = {"EDGE_WORKERS": "2"}
        with fleet.edge(origin, **options) as edge:
            until(lambda: len([row for row in fleet.nodes() if row["host"] == "edge"]) == 2, "two nodes of one host")
            fleet.change("a")
            fleet.shell.ok("purge", "--tag", "loader", "--wait", "30s")
            assert {api_key(edge) for _ in range(20)} == {"a"}
            edge.end(signal.SIGTERM)
    with fleet.edge(origin, well="/healthz", **options) as edge:
        assert all(is_stale(edge) for _ in range(10))


def test_a_token_without_the_scope_is_refused_with_words_and_never_logged(fleet: Fleet) -> None:
    wrong = fleet.shell.ok("token", "create", "--instance", "--scope", "workspace:read").strip()
    with fleet.control() as control:
        with fleet.edge(admin_of(control), well="/healthz", EDGE_ORIGIN_TOKEN=wrong) as edge:
            until(lambda: "token-refused" in edge.log.read_text(), "the log says why")
            assert (state(edge)[0], get(edge, SETTINGS).status_code) == (503, 503)
        assert "origin:read" in edge.log.read_text()
        assert wrong not in edge.log.read_text()
        assert wrong not in control.log.read_text()


def test_the_origin_calls_are_on_the_admin_listener_alone(fleet: Fleet) -> None:
    with fleet.control() as control:
        headers = {"Authorization": f"Bearer {fleet.token}"}
        admin = httpx.get(f"{admin_of(control)}/origin/ready", headers=headers, trust_env=False)
        public = httpx.get(f"http://127.0.0.1:{control.said['port']}/origin/ready", headers=headers, trust_env=False)
        assert (admin.status_code, public.status_code) == (200, 404)
