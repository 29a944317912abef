"""Whether a node's answer is what the store publishes: a pure decision over both, and both positions.

Nodes are asked first, the store is read after them, so an answer's position n is never beyond the store's position s.
r is the store's revision: where it last altered these bytes.

    error in place of a document ──► unavailable
    n of another epoch ──► epoch       n > s ──► ahead: there is no such position
    same bytes ──► nothing             n < r ──► behind: a change is missing that was committed at r
                                       n >= r ──► wrong: read late enough, and other bytes all the same

Which of these is worth a word, and when, is the ledger's to decide: a change takes its time.
"""

from dataclasses import dataclass

from edge.model.outcome import Found, Known, Missing
from edge.observe.asking import Answered
from edge.observe.finding import Trouble
from edge.publish.publication import SCRIPTS, Kind, Publication
from edge.publish.variants import decoded, etag_of

WORKSPACE = "workspace:"


@dataclass(frozen=True, slots=True)
class Seen:
    """A node's answer. ``intact``: its bytes are those that its ETag names. ``content``: the ETag of the document in
    them, decoded, so that another release of a compressor makes no difference."""

    status: int
    epoch: str
    position: int
    content: str
    intact: bool = True
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """What the store publishes as of ``position``. ``content``: the ETag of the document itself, ``None`` where there
    is none; ``revision`` is then the position at which the key was retired, or 0 where it never was one."""

    epoch: str
    position: int
    revision: int
    content: str | None
    workspace: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """``at``: the position of the answer. ``lacks``: the one at which this difference would be over."""

    trouble: Trouble
    text: str
    at: int | None = None
    lacks: int | None = None


def judge(kind: Kind, seen: Seen | None, published: Published, *, same_build: bool) -> Difference | None:
    """What is different about ``seen``; ``None`` for nothing. ``seen`` is ``None`` for an answer without a position.

    Another build may wrap the manifest in another loader, so between builds a loader's bytes are not compared: that it
    came from the current documents is. Manifests come from the store alone and are the same from every build.
    """
    if seen is None or seen.status not in (200, 404):
        return Difference("unavailable", "it answers with an error in place of the document")
    if seen.status == 200 and not seen.intact:
        return Difference("wrong", "its bytes are not those that its ETag names")
    if seen.epoch != published.epoch:
        return Difference("epoch", "it answers from another life of the journal")
    if seen.position > published.position:
        text = f"it answers as of position {seen.position}, and the store has come to {published.position}"
        return Difference("ahead", text)
    late_enough, marked = seen.position >= published.revision, ", marked as stale" if seen.stale else ""
    if (seen.status == 200) == (published.content is not None):
        if published.content in (None, seen.content) or (kind in SCRIPTS and not same_build and late_enough):
            return None
        what = "other bytes than the store has"
    else:
        what = f"with {seen.status}, unlike the store"
    place = f"as of position {seen.position}{marked}"
    if late_enough:
        return Difference(
            "wrong", f"it answers {what}, {place}, which is after the last change at {published.revision}"
        )
    text = f"it answers {what}, {place}, which is before the change at {published.revision}"
    return Difference("behind", text, seen.position, published.revision)


def seen_in(answered: Answered) -> Seen | None:
    """The answer as it is judged; ``None`` where it lacks what every document says of itself."""
    headers = answered.headers
    epoch, _, position = headers.get("edge-as-of", "").rpartition(".")
    if not epoch or not position.isdigit():
        return None
    document = decoded(answered.body, headers.get("content-encoding", "identity"))
    return Seen(
        status=answered.status,
        epoch=epoch,
        position=int(position),
        content=etag_of(document) if document is not None else "",
        intact=document is not None and headers.get("etag") == etag_of(answered.body),
        stale="fwd=stale" in headers.get("cache-status", ""),
    )


def published_in(known: Known[Publication], retired_at: int | None) -> Published:
    """``retired_at``: where a missing key was retired, if it ever was one."""
    as_of = known.as_of
    match known:
        case Missing():
            return Published(as_of.epoch, as_of.position, retired_at or 0, None)
        case Found(value=publication, tags=tags):
            owner = next((tag.removeprefix(WORKSPACE) for tag in tags if tag.startswith(WORKSPACE)), None)
            content = publication.variants["identity"].etag
            return Published(as_of.epoch, as_of.position, publication.revision, content, owner)
