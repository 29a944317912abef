"""Which build of control nodes this node's documents are of.

Bytes depend on more than the journal tells: on the release that made them, on where it says that files are. During a
rolling upgrade control nodes of two builds are up side by side, and what they make of the same documents differs. What
would go wrong if an edge node kept whatever it was given:

    it has a document of the older build, fresh ── the control node is upgraded, and nothing is committed ── the
    document passes its floors for good: the newer build's is never asked for

So this node goes by the control node that answered its last poll. What another build has made is no longer fresh: it is
last known good, and replaced when it is asked for next. What another build answers is for those who wait for it, and is
kept nowhere (``Reading.vouched``). It does not matter which build is the newer one: the last to be polled is.
"""

from collections.abc import Mapping

import structlog

from edge.cache.floors import Floors
from edge.origin.wire import BUILD

log = structlog.get_logger()


class Builds:
    """``floors`` are those by which what this node has read is called fresh. ``headers`` are an origin answer's."""

    def __init__(self, floors: Floors) -> None:
        self._floors = floors
        self._current: str | None = None

    def current(self) -> str | None:
        """The digest of the build that answered the last poll; ``None`` before the first, and empty for a control node
        of a release that does not say."""
        return self._current

    def polled(self, headers: Mapping[str, str]) -> None:
        said, before = _said(headers), self._current
        if said == before:
            return
        self._current = said
        if before is not None:
            self._floors.outdate()
            log.info("control nodes are of another build: documents are read anew", build=said, before=before)

    def vouches(self, headers: Mapping[str, str]) -> bool:
        """Whether an answer is of the build that this node goes by."""
        return _said(headers) == self._current


def _said(headers: Mapping[str, str]) -> str:
    return headers.get(BUILD, "")
