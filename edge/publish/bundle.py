"""The loader bundle: client and manifest in one script, and the code that both need with them.

    //# allFunctionsCalledOnLoad                       compiled while it comes
    (function(){var __EDGEWISE__=JSON.parse('...');     the manifest of one source
    var __PARTS__={};                                  parts of the client that this manifest calls for
    __INLINE__("slug","global",function(){...});       destinations' code
    ...                                                the client
    })();

or, with the official client, whose code is not touched but for the write key:

    (function(){var __EDGEWISE__=JSON.parse('...');...})();     what it will ask for is asked for at once
    !function(){...}();                                         the official client

Our client's loader in halves, of which the first changes with the settings and the second hardly ever:

    document.currentScript.edgewise=["digest of the other",JSON.parse('...')];

    (e=>{e.edgewise=j=>{if("digest"===j?.[0]){...;return!0}}})(document.currentScript);
"""

from collections.abc import Mapping
from typing import Any

import orjson

from edge.publish.wire import DEFAULT_PATH

OTHERS = ("legacyVideoPluginsEnabled", "metrics")
"""Settings that only other clients read."""
OF_ADDRESSES = ("integrity", "libraryName")
"""What is of use only to who loads code from its address."""
COLLECTOR = "Segment.io"
DEFAULTS: Mapping[str, Any] = {"addBundledMetadata": True, "protocol": "https", "unbundledIntegrations": []}
"""Of the collector's entry, what our client takes for granted where nothing is said, besides its own sink."""

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}

# Chromium compiles a script on another thread while it still comes, but of its functions only those that are called in
# place: each of the others when it is first called, which holds the page up. Of our client nearly all are called before
# the first event. V8 heeds this comment (explicit compile hints, since 136) where it comes before everything else.
EAGERLY = b"//# allFunctionsCalledOnLoad\n"
PARTS = b"var __PARTS__={};\n"
# A destination's code is run in a function of its own, as a script would be. What it has set is taken at once, before
# any other script of the page can set the same global. Where it throws, or leaves its global unset, its destination
# fails with that reason, and the global of before comes back: it is somebody else's. It is not loaded from its address
# then, where the same code would do the same; so nothing here has to say with what integrity.
# It is written as the client's own code comes out of its build, with which it is compressed.
INLINE = (
    b"__EDGEWISE__.inlined={};var __INLINE__=(s,e,n)=>{let j,i=window,o=i[e];i[e]=void 0;try{n.call(i)}catch(e){j=e}"
    b'__EDGEWISE__.inlined[s]="function"==typeof i[e]?i[e]:'
    b"(i[e]=o,()=>{throw j??new Error(`the bundle did not set window.${e}`)})};\n"
)
# Each half puts what it has at its own element, where the snippet finds it: two sources on a page do not meet. It gives
# the manifest to the code, which runs where that is what it was made for.
FITS = EAGERLY + b'(e=>{e.edgewise=j=>{if("%s"===j?.[0]){var __EDGEWISE__={...j[1],tag:e};\n'
FITTED = b"\nreturn!0}}})(document.currentScript);\n"
NO_HALF = b"// This source has its loader in one file, analytics.min.js, which the snippet asks for now.\n"
END = b"\n})();\n"


def script_string(text: str) -> str:
    """``text`` as a JavaScript string literal that is safe inside a script element.

    No ``</script``, no ``<!--`` (HTML Standard, "Restrictions for contents of script elements"), and no line
    separators, which older engines end a string at.
    """
    return _inert(orjson.dumps(text).decode())


def quoted_json(value: Mapping[str, object]) -> str:
    """``value`` as JSON in a JavaScript string literal, as safe as :func:`script_string`.

    In single quotes: between double ones each of JSON's own would need a backslash, which are 13 bytes compressed even
    in a manifest with nothing in it.
    """
    text = orjson.dumps(value).decode().replace("\\", "\\\\").replace("'", "\\'")
    return f"'{_inert(text)}'"


def inlined_settings(settings: Mapping[str, Any], public_url: str, inside: Mapping[str, str]) -> dict[str, Any]:
    """The settings document as a loader has it: without what its client never reads, or takes for granted. ``inside``:
    by their addresses, the slugs of the destinations' code that is in the loader, of which address, integrity and
    global are of no use."""
    plugins = [_inlined_plugin(one, inside) for one in settings["remotePlugins"]]
    collector = _collector(settings["integrations"][COLLECTOR], public_url)
    told = {name: value for name, value in settings.items() if name not in OTHERS}
    return told | {"integrations": {**settings["integrations"], COLLECTOR: collector}, "remotePlugins": plugins}


def _collector(entry: Mapping[str, Any], public_url: str) -> dict[str, Any]:
    granted = dict(DEFAULTS)
    # Where nothing is said, events go to the sink of the edge that the loader is from.
    if f"{entry.get('protocol')}://{entry.get('apiHost')}" == f"{public_url}/{DEFAULT_PATH}":
        granted["apiHost"] = entry["apiHost"]
    return {name: value for name, value in entry.items() if granted.get(name) != value}


def _inlined_plugin(plugin: Mapping[str, Any], inside: Mapping[str, str]) -> dict[str, Any]:
    slug = inside.get(plugin["url"])
    if slug is None:
        return dict(plugin)
    # By what stands where the address does, the client finds the code; hashes are what compresses least.
    return {name: value for name, value in plugin.items() if name not in OF_ADDRESSES} | {"url": slug}


def loader_bundle(client: bytes, write_key: str, public_url: str, settings: bytes) -> bytes:
    """The client's code in a function of its own, in which ``__EDGEWISE__`` is this source's manifest."""
    return loader_head(write_key, public_url, settings) + PARTS + client + END


def loader_head(write_key: str, public_url: str, settings: bytes) -> bytes:
    """What differs from source to source."""
    return EAGERLY + _head({"writeKey": write_key, "cdn": public_url, "settings": orjson.Fragment(settings)})


def manifest_half(write_key: str, public_url: str, settings: bytes, digest: str) -> bytes:
    """What differs from source to source, for the other half whose digest this is."""
    told = {"writeKey": write_key, "cdn": public_url, "settings": orjson.Fragment(settings)}
    return f'document.currentScript.edgewise=["{digest}",JSON.parse({quoted_json(told)})];\n'.encode()


def code_head(digest: str) -> bytes:
    """What stands before the client and all that it needs, in the half that has them."""
    return FITS % digest.encode()


def official_head(write_key: str, public_url: str, foreseen: Mapping[str, object]) -> bytes:
    """The same before the official client: with what it will ask for."""
    return _head({"writeKey": write_key, "cdn": public_url, **foreseen})


def inlined(code: bytes, slug: str, library_name: str) -> bytes:
    """A destination's code, to be run before the client. The line break ends a comment that it may end with."""
    return f"__INLINE__({script_string(slug)},{script_string(library_name)},function(){{".encode() + code + b"\n});\n"


def _head(inlined_: Mapping[str, object]) -> bytes:
    """Through JSON.parse, not as an object literal: there a setting named ``__proto__`` would set a prototype."""
    return f"(function(){{var __EDGEWISE__=JSON.parse({quoted_json(inlined_)});\n".encode()


def _inert(literal: str) -> str:
    for character, escape in _ESCAPES.items():
        literal = literal.replace(character, escape)
    return literal
