"""What watches a node and its fleet, composed on the ground."""

from sqlalchemy.engine import make_url
from starlette.types import ASGIApp

from edge.compose.footing import Footing
from edge.compose.ground import Ground
from edge.compose.redis import open_ping
from edge.observe.asking import Asking
from edge.observe.auditor import Auditor
from edge.observe.evidence import Evidence
from edge.observe.fleet import Fleet
from edge.observe.minutes import Minutes
from edge.observe.parts import Gauges, Observed
from edge.observe.probe import Probe
from edge.observe.purges import PurgeWatch
from edge.observe.sample import Rotation
from edge.publish.publication import Publisher
from edge.publish.wire import Origin
from edge.settings import PROOF_INTERVAL, Settings


def observe(ground: Footing, gauges: Gauges, public: ASGIApp, minutes: Minutes) -> Observed:
    """``public`` is the public side as the node's own listener shows it. Fleet and auditor are where the store is."""
    asking = Asking()
    if not isinstance(ground, Ground):
        return Observed(ground.membership, gauges, asking, public, ground.settings.node_bind, minutes)
    return Observed(
        ground.membership,
        gauges,
        asking,
        public,
        ground.settings.node_bind,
        minutes,
        fleet=fleet_of(ground, asking),
        auditor=_auditor(ground, asking) if ground.settings.audit_interval else None,
    )


def fleet_of(ground: Ground, asking: Asking) -> Fleet:
    kind = make_url(ground.settings.database()).get_backend_name()
    redis = open_ping(ground.settings)
    return Fleet(ground.store, ground.roster, ground.membership, asking, ground.clock, store_kind=kind, redis=redis)


def probe_of(ground: Ground, asking: Asking) -> Probe:
    """What browsers of this host are answered: by its nginx where it has one, else by this node."""
    settings = ground.settings
    socket = settings.refresh_address() if settings.front == "nginx" else None
    return Probe(asking, ground.membership, _evidence(ground, asking), socket)


def _evidence(ground: Ground, asking: Asking) -> Evidence:
    settings = ground.settings
    publisher = Publisher(ground.store, Origin(settings.base_url(), settings.api_host), settings.read_timeout)
    return Evidence(ground.store, publisher, asking, ground.stats)


def _auditor(ground: Ground, asking: Asking) -> Auditor:
    settings, clock, stats = ground.settings, ground.clock, ground.stats
    budget = propagation_budget(settings)
    return Auditor(
        _evidence(ground, asking),
        ground.journal,
        Rotation(ground.store),
        ground.membership,
        PurgeWatch(ground.receipts, clock, stats, budget),
        clock=clock,
        stats=stats,
        interval=settings.audit_interval,
        budget=budget,
    )


def propagation_budget(settings: Settings) -> float:
    """Seconds for which a node that obeys the protocol may differ: a poll, or else its lease; and the guard.

    Edge nodes and nodes with Redis poll every PROOF_INTERVAL, whatever this node does.
    """
    return max(settings.polls_every(), PROOF_INTERVAL) + settings.lease + settings.guard
