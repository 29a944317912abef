"""Claims about `purge` and `receipt` that wait: what is shown meanwhile, what they answer, and how they end."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from rich.console import Console

from edge.cli import following
from edge.cli.following import Goal, follow, hint, parts, reached, summary
from edge.cli.output import show
from edge.cli.purge import NOT_YET
from edge.journal.membership import Attendance
from edge.journal.receipts import compute
from edge.model.change import Entry
from edge.store.roster import AckRow, HostRow, NodeRow
from tests.cli.shell import Shell
from tests.support.node import BUDGET, PATIENCE

AT = 1_800_000_000.0


def found(
    *acks: AckRow, cursor: int = 5, hosts: Sequence[str] = ("h1",), tags: tuple[str, ...] = ("all",), nodes: bool = True
) -> dict[str, Any]:
    """A receipt as the API answers it: one node on each of ``hosts``, before an nginx."""
    live = tuple(NodeRow(f"n-{host}", host, "e1", cursor, 1, "1", AT - 9, AT) for host in hosts) if nodes else ()
    attendance = Attendance(live, (), True, PATIENCE, tuple(HostRow(host, "nginx", AT) for host in hosts))
    entry = Entry(5, "5", "4", "invalidate", tags, (), (), "tests", "", AT, {})
    return compute(entry, "e1", attendance, {}, acks, budget=BUDGET, now=AT + 1).as_json()


PENDING = found(AckRow("h1", "e1", 5, done=120, total=10_000, resume_after="wk"))
FAILING = found(AckRow("h1", "e1", 5, last_error="settings (br): answered 503", total=1))
LIVE = found(AckRow("h1", "e1", 5, acked_at=AT + 0.5, done=10_000, total=10_000))
SETTLED = found(AckRow("h1", "e1", 5, acked_at=AT + 0.5, rebound_at=AT + 6, done=10_000, total=10_000))
BEHIND = found(cursor=4)
NOBODY = found(nodes=False)


class Desk:
    """Answers one receipt after the other, the last one for ever."""

    def __init__(self, *receipts: Mapping[str, Any]) -> None:
        self.receipts = list(receipts)
        self.asked: list[tuple[str, Any]] = []

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        self.asked.append((path, params))
        return self.receipts.pop(0) if len(self.receipts) > 1 else self.receipts[0]


def followed(desk: Desk, goal: Goal = "live", seconds: float = 60, *, quiet: bool = False) -> Mapping[str, Any]:
    return follow(desk, 5, goal, seconds, quiet=quiet)  # type: ignore[arg-type] # as far as it is used


def test_it_is_followed_until_it_is_as_far_as_wanted() -> None:
    assert followed(Desk(PENDING, PENDING, LIVE, SETTLED)) == LIVE
    desk = Desk(PENDING, LIVE, SETTLED)
    assert followed(desk, "settled") == SETTLED
    assert [params for _, params in desk.asked] == [None, *[{"wait": "1000ms", "until": "settled"}] * 2]
    assert {path for path, _ in desk.asked} == {"/changes/5"}


def test_it_ends_with_its_time() -> None:
    assert followed(Desk(PENDING), seconds=0.05) == PENDING
    assert followed(Desk(PENDING), seconds=0) == PENDING


def test_where_nobody_watches_each_change_is_a_line_beside_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    followed(Desk(BEHIND, BEHIND, FAILING, PENDING, PENDING, LIVE, SETTLED), "settled")
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "position 5: pending, 0 of 1 nodes, nginx of h1 not shown",
        "position 5: pending, 1 of 1 nodes, nginx of h1 not shown (0 of 1 write keys), h1: settings (br): answered 503",
        "position 5: pending, 1 of 1 nodes, nginx of h1 not shown (120 of 10000 write keys)",
        "position 5: live, 1 of 1 nodes, nginx of h1 shown",
        "position 5: settled, 1 of 1 nodes, nginx of h1 rebound",
    ]


def test_for_a_program_nothing_is_said_meanwhile(capsys: pytest.CaptureFixture[str]) -> None:
    followed(Desk(PENDING, LIVE), quiet=True)
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_it_is_one_table_that_changes_and_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=120, legacy_windows=False)
    monkeypatch.setattr(following, "console", lambda *, stderr: terminal)
    followed(Desk(PENDING, LIVE))
    drawn = screen.getvalue()
    assert "120 of 10000" in drawn
    assert "10000 of 10000" in drawn
    assert drawn.count("\x1b[1A") > 10, "it goes back over what it drew"


def text(receipt: Mapping[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    for part in parts(receipt):
        show(part)
    return capsys.readouterr().out


def test_a_receipt_names_hosts_nodes_cursors_fronts_and_how_far_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    said = text(found(AckRow("h1", "e1", 5, AT + 0.5, AT + 6, done=3, total=3), hosts=("h1", "h2")), capsys)
    for word in ("pending", "n-h1", "n-h2", "nginx", "3 of 3", "0.5 s", "6.0 s"):
        assert word in said


def test_a_change_without_tags_says_nothing_of_fronts(capsys: pytest.CaptureFixture[str]) -> None:
    silent = found(tags=())
    assert "nginx" not in text(silent, capsys)
    assert "nginx" not in summary(silent)


def test_what_is_silent_is_listed_with_until_when_it_may_show_what_was(capsys: pytest.CaptureFixture[str]) -> None:
    attendance = Attendance(
        (NodeRow("n1", "h1", "e1", 5, 1, "1", AT - 9, AT),),
        (NodeRow("n2", "h2", "e1", 4, 1, "1", AT - 9, AT),),
        True,
        PATIENCE,
        (HostRow("h1", "none", AT), HostRow("h3", "nginx", AT)),
    )
    entry = Entry(5, "5", "4", "invalidate", ("all",), (), (), "tests", "", AT, {})
    receipt = compute(entry, "e1", attendance, {}, budget=BUDGET, now=AT + 1).as_json()
    said = text(receipt, capsys)
    for word in ("n2", "h2", "front", "h3"):
        assert word in said


@pytest.mark.parametrize(
    ("receipt", "goal", "word"),
    [
        (NOBODY, "live", "edgewise serve"),
        (FAILING, "live", "docs/fronts.md"),
        (LIVE, "settled", "--settled"),
        (BEHIND, "live", "edgewise status"),
    ],
)
def test_what_was_waited_for_in_vain_comes_with_what_to_do(receipt: dict[str, Any], goal: Goal, word: str) -> None:
    assert not reached(receipt, goal)
    assert word in hint(receipt, goal)
    assert "edgewise receipt 5 --wait 30s" in hint(receipt, goal)


def test_a_purge_that_is_not_live_in_time_has_an_exit_code_of_its_own(shell: Shell) -> None:
    for options in (["--wait", "10ms"], ["--settled", "--wait", "10ms"]):
        result = shell.run("purge", "--tag", "all", *options)
        assert result.exit_code == NOT_YET
        assert "No node is running" in result.stdout
        assert "in time" in result.stderr
        position = shell.json("purge", "--tag", "all")["position"]
        result = shell.run("receipt", str(position), *options, "--json")
        assert (result.exit_code, '"state": "pending"' in result.stdout) == (NOT_YET, True)
        assert result.stderr == ""


def test_without_waiting_a_pending_receipt_is_no_failure(shell: Shell) -> None:
    assert shell.json("purge", "--tag", "all")["state"] == "pending"


def test_a_wait_that_is_no_duration_is_refused_before_anything_is_purged(shell: Shell) -> None:
    before = shell.json("status")["head"]
    assert "is not a duration" in shell.refused("purge", "--tag", "all", "--wait", "soon", code=2)
    assert shell.json("status")["head"] == before
