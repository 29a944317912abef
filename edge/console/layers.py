"""Which layer an answer came from, in plain words, by its ``Cache-Status`` (RFC 9211): the node, then nginx."""

from collections.abc import Mapping

NODE = {
    "hit": "From the node's memory: it was proven to be current when it answered.",
    "miss": "The node did not have it in memory, and fetched it from the store, the shared cache or a control node.",
    "stale": "Last known good: the store could not be read, so the node answered what it had, marked as stale.",
}
NGINX = {
    "hit": "nginx had a copy and answered it; no node was asked.",
    "hit; detail=stale": "nginx answered its last copy, while it is fetched anew or because no node could answer.",
    "fwd=uri-miss": "nginx had no copy and asked a node.",
    "fwd=stale": "nginx's copy had ended, so it asked a node.",
    "fwd=bypass": "nginx was told to ask a node.",
}
BEFORE = "When nginx took its copy: "
MEANINGS: Mapping[str, str] = {
    "cache-control": "How long a browser, and a cache that we do not know of, may keep it.",
    "x-client-cache-control": "What nginx is to tell browsers as Cache-Control.",
    "x-accel-expires": "Until when nginx may answer it without asking.",
    "etag": "Names these bytes, in this encoding. A browser that has them is answered 304.",
    "edge-revision": "The position of the last change that altered these bytes.",
    "edge-as-of": "The life of the journal, and the position at which the documents were read.",
    "cache-status": "Which layer it came from.",
    "content-encoding": "How the bytes are compressed.",
    "retry-after": "Seconds after which to ask again.",
    "vary": "There is a variant for each of these.",
}
UNSHOWN = ("edge-node",)
"""Of the node's own listener; no browser gets it."""


def layers(cache_status: str) -> tuple[str, ...]:
    """Sentences, the layer that answered first; empty where the answer names none, as an error does."""
    members = {}
    for member in cache_status.split(","):
        name, _, how = member.strip().partition("; ")
        members[name] = how
    node = NODE.get("stale" if "fwd=stale" in members.get("edgewise", "") else _node(members.get("edgewise", "")), "")
    nginx = NGINX.get(members.get("nginx", ""), "")
    if nginx and node and members["nginx"].startswith("hit"):
        return (nginx, BEFORE + node[:1].lower() + node[1:])
    return tuple(sentence for sentence in (nginx, node) if sentence)


def _node(how: str) -> str:
    return "hit" if how == "hit" else "miss" if how.startswith("fwd=miss") else ""


def shown_headers(headers: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Name, value and meaning of each header that a browser gets; those that say most come first."""
    first = [name for name in MEANINGS if name in headers]
    rest = [name for name in headers if name not in MEANINGS and name not in UNSHOWN]
    return [(name.title().replace("Etag", "ETag"), headers[name], MEANINGS.get(name, "")) for name in (*first, *rest)]
