"""Faults of what an exposed fleet stands on: its clock, its cable, its database; and of everything but one node."""

import re
import time
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime

import httpx

from edge.observe.asking import NO_TLS
from loadtest.sources import LoadSource
from tests.fleet import solitude
from tests.fleet.aside import asked, cursor_of, kept_on_disk, not_refused, unread
from tests.fleet.backup import copied, put_back
from tests.fleet.exposed import ExposedFleet
from tests.fleet.faults import ALONE, BEHIND, CONTROL, Excused, Fault
from tests.fleet.judge import NGINX
from tests.fleet.scene import Scene

FORWARDS, BACK = 30.0, -60.0
"""Seconds ahead of the machine's clock. Back by more than everything that nginx may show a copy for."""
APART = 5.0
"""Seconds by which a clock may seem another than it is, on a busy machine."""
EVERYTHING = "everything"
"""The part that leaves no other to be broken beside it."""
LOST = 3
"""Changes that an older store does not know."""
WITHOUT_A_STORE: Excused = tuple(("stale", name) for name in (ALONE, *BEHIND, CONTROL, NGINX))
_COPY = re.compile(r"[0-9a-f]{32}")
"""The name of a file in nginx's cache; the nodes keep their host's id beside them."""


def exposed(scene: Scene) -> ExposedFleet:
    assert isinstance(scene.fleet, ExposedFleet)
    return scene.fleet


def set_clock(scene: Scene, ahead: float) -> None:
    """Set the wall clock of nginx's host to that of the machine and ``ahead`` seconds. Where that is back, nobody may
    be left with a copy whose deadline has become later."""
    fleet, stepped_at = exposed(scene), time.time()
    by = ahead - fleet.clock.ahead
    fleet.clock.advance(by)
    scene.until(lambda: abs(_time_of_nginx(fleet) - fleet.clock()) < APART, "nginx has that clock")
    if by < 0:
        scene.until(lambda: _copies_since(fleet, stepped_at), "nginx has no copy from before the step")


def _clock_set(ahead: float) -> Callable[[Scene], None]:
    return lambda scene: set_clock(scene, ahead)


def _time_of_nginx(fleet: ExposedFleet) -> float:
    """By an answer that nginx makes itself."""
    assert fleet.nginx is not None
    answer = httpx.get(fleet.nginx.url, trust_env=False, verify=NO_TLS)
    return parsedate_to_datetime(answer.headers["date"]).timestamp()


def _copies_since(fleet: ExposedFleet, at: float) -> bool:
    """Whether every file of nginx's cache was written after ``at``, by the machine's clock."""
    assert fleet.nginx is not None
    times = []
    for file in fleet.nginx.cache.rglob("*"):
        try:
            if _COPY.fullmatch(file.name):
                times.append(file.stat().st_mtime)
        except FileNotFoundError:
            continue
    return bool(times) and min(times) > at


def _replace_the_store(scene: Scene) -> None:
    """By a copy from before some changes, which nobody but their readers knows any more."""
    backup = copied(scene)
    scene.arrives()
    for source in scene.watched[:LOST]:
        scene.change(source)
    put_back(scene, backup, new_epoch=True)


def _revoke_without(name: str, *, beside: str | None = None) -> Callable[[Scene], None]:
    """``beside``: a node of the same host that lives, so that the disk knows of it; without one nobody there can, which
    the receipt then says."""

    def act(scene: Scene) -> None:
        secret = scene.fleet.sources[-1]
        # It ends in order, so that its disk has everything.
        kept_on_disk(scene, name, [secret])
        purge = scene.purge([scene.watched[0]], "revoke")
        purge.live = scene.wait(purge.position)
        hosts = [one["host"] for one in scene.receipt(purge.position)["unreachable"]]
        assert hosts == ([] if beside else ["host-0"])
        began = time.monotonic()
        if beside is None:
            solitude.begins(scene, name)
        else:
            _alone_with_a_secret(scene, name, secret, beside)
        scene.until(lambda: scene.watch.marked(name, began), f"{name} gives last known good from its disk")

    return act


def _alone_with_a_secret(scene: Scene, name: str, secret: LoadSource, beside: str) -> None:
    """What is under watch is read anew at once, and then nothing on the disk is from before the revoke. Of ``secret``
    nothing is read any more: the copy stays, and what the disk knows of the revoke is all that forbids it."""
    with unread(scene, secret, beside):
        purge = scene.purge([secret], "revoke")
        scene.until(lambda: cursor_of(scene, purge) >= purge.position, f"{beside} knows of the revoke")
        solitude.begins(scene, name)
    assert not_refused(asked(scene, name, secret)) == [], f"revoked at {purge.position}"


def _joined(name: str) -> Callable[[Scene], None]:
    return lambda scene: solitude.ends(scene, name)


def _nothing(_scene: Scene) -> None:
    pass


PERILS: Sequence[Fault] = (
    Fault("the clock of nginx's host is set forwards, and right again", "host", _clock_set(FORWARDS), _clock_set(0.0)),
    Fault("the clock of nginx's host is set back, and right again", "host", _clock_set(BACK), _clock_set(0.0)),
    Fault(
        "a node's cable is unplugged",
        "alone",
        lambda scene: exposed(scene).unplug(),
        lambda scene: exposed(scene).plug(),
        excused=(("stale", ALONE),),
        slow=True,
        marks=(ALONE,),
    ),
    Fault(
        "an older database takes the place of the store",
        "control",
        _replace_the_store,
        _nothing,
        # Nobody compares positions of two journals: of what was revoked in either there is no last known good.
        excused=(*WITHOUT_A_STORE, *(("refusing", name) for _, name in WITHOUT_A_STORE)),
    ),
    Fault(
        "something is revoked while a node is down, which starts with everything else down",
        EVERYTHING,
        _revoke_without(ALONE),
        _joined(ALONE),
        "refused",
        excused=(*solitude.ABANDONED, ("deaf", ALONE)),
        slow=True,
    ),
    Fault(
        "something is revoked while one of two nodes of a host is down, which starts with everything else down",
        EVERYTHING,
        _revoke_without(BEHIND[1], beside=BEHIND[0]),
        _joined(BEHIND[1]),
        "refused",
        excused=solitude.ABANDONED,
        slow=True,
    ),
)
