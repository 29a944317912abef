"""Origin calls that read: the journal, documents, files, write keys."""

import asyncio
from dataclasses import replace

import orjson

from edge.cache.cache import Answer as Served
from edge.manage.problem import ProblemError, invalid, not_found
from edge.model.outcome import Known, Unavailable
from edge.model.position import AsOf
from edge.model.source import WRITE_KEY
from edge.model.tags import is_tag
from edge.origin.call import MAX_WAIT, Answer, Call, answered
from edge.origin.sources import KeySource
from edge.origin.wire import AGE, FRESHNESS, PARCEL, dump_batch
from edge.publish.parcel import pack
from edge.publish.publication import KINDS, Publication, Wanted

STRANGE = 0.05
"""Seconds that a poll of another epoch is held: this node does not know what is beyond its position."""
MOST_KEYS = 1000
MOST_TAGS = 1000


async def journal(call: Call) -> Answer:
    """Entries and head. Whatever this node remembers, they are read now, after the call has arrived: they prove."""
    sources = call.sources
    if call.text("since") is not None:
        return Answer(dump_batch(await sources.journal.since(call.seconds("since", 1e11))))
    after, wait, epoch = call.position("after"), call.seconds("wait", MAX_WAIT), call.text("epoch")
    if wait and epoch is not None and not sources.follows(epoch):
        await asyncio.sleep(min(wait, STRANGE))
    elif wait:
        await sources.reached(after + 1, wait)
    return Answer(dump_batch(await sources.journal.poll(after)))


async def revokes(call: Call) -> Answer:
    return answered({"revoked": await call.sources.revokes.revoked()})


async def document(call: Call) -> Answer:
    """A finished document, through this node's own cache: edge nodes that ask together cost the store one read.

    ``at_least`` is the place that the edge node has come to. It may be ahead of this node, having heard of an entry
    from elsewhere. What would go wrong if this node answered from where it is:

        a purge reaches the edge node by Redis, not yet this node ── the edge node asks for the document ── this node
        has it, fresh for all it knows ── the edge node serves what was purged before its caller came (I2)
    """
    kind = next((one for one in KINDS if one == call.path["kind"]), None)
    if kind is None or not WRITE_KEY.match(call.path["key"]):
        raise not_found(f"documents/{call.path['kind'][:40]}")
    place = call.place("at_least")
    if place is not None and not await call.sources.comes_to(*place):
        raise ProblemError("unavailable", "this control node has not come to that position yet: try again")
    served = await call.sources.document(Wanted(kind, call.path["key"]))
    if isinstance(served, Unavailable):
        raise ProblemError("unavailable", f"the document cannot be read at the moment ({served.reason}): try again")
    # No await from here on: this node's cursor is that of the answer.
    age = max(0.0, call.sources.clock().elapsed_since(served.confirmed_at))
    known = restamped(served, call.sources.proof.cursor)
    return Answer(pack(known), content_type=PARCEL, headers={FRESHNESS: served.freshness, AGE: f"{age:.6f}"})


def restamped(served: Served[Publication], cursor: AsOf | None) -> Known[Publication]:
    """The document as of this node's cursor, where it is proven up to there.

    What was read earlier and passes its floors at the cursor is what would be read at the cursor. Said so, it serves an
    edge node that has joined lately and knows no floors from before: as of its reading it would never be fresh there.
    """
    known = served.known
    if served.freshness != "fresh" or cursor is None or cursor.epoch != known.as_of.epoch:
        return known
    return replace(known, as_of=cursor) if cursor.position > known.as_of.position else known


async def asset(call: Call) -> Answer:
    found = await call.sources.asset(call.path["name"])
    if found is None:
        raise not_found(f"assets/{call.path['name']}")
    return Answer(found.body, content_type=found.content_type)


async def keys(call: Call) -> Answer:
    tags, limit = _tags(call), int(call.seconds("limit", MOST_KEYS)) or MOST_KEYS
    return answered({"keys": await _key_source(call).keys(tags, call.text("after") or "", limit)})


async def key_count(call: Call) -> Answer:
    tags = _tags(call)
    return answered({"count": await _key_source(call).count(tags)})


async def ready(call: Call) -> Answer:
    """Whether this node has caught up with the journal once, so that asking it makes sense."""
    cursor = call.sources.proof.cursor
    if cursor is None:
        raise ProblemError("unavailable", "this control node has not read the journal yet: try again in a second")
    return Answer(orjson.dumps({"position": cursor.position}))


def _key_source(call: Call) -> KeySource:
    if call.sources.keys is None:
        raise ProblemError("unavailable", "this control node cannot tell which write keys a tag reaches")
    return call.sources.keys


def _tags(call: Call) -> list[str]:
    tags = call.query.get("tag", [])
    wrong = next((tag for tag in tags if not is_tag(tag)), None)
    if not tags or len(tags) > MOST_TAGS or wrong is not None:
        said = f"{wrong[:80]!r} is no tag" if wrong is not None else f"{len(tags)} tags are given"
        kinds = "all, loader, source:, key:, workspace:, definition:"
        raise invalid(f"tag: {said}; allowed are 1 to {MOST_TAGS} of {kinds}")
    return tags
