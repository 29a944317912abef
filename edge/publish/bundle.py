"""The loader bundle: client and manifest in one script."""

import orjson

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def script_string(text: str) -> str:
    """``text`` as a JavaScript string literal that is safe inside a script element.

    No ``</script``, no ``<!--`` (HTML Standard, "Restrictions for contents of script elements"), and no line
    separators, which older engines end a string at.
    """
    literal = orjson.dumps(text).decode()
    for character, escape in _ESCAPES.items():
        literal = literal.replace(character, escape)
    return literal


def loader_bundle(client: bytes, write_key: str, public_url: str, settings: bytes) -> bytes:
    """The client's code in a function of its own, in which ``__EDGEWISE__`` is this source's manifest."""
    return loader_head(write_key, public_url, settings) + loader_tail(client)


def loader_head(write_key: str, public_url: str, settings: bytes) -> bytes:
    """What differs from source to source.

    Through JSON.parse, not as an object literal: in a literal a setting named ``__proto__`` would set a prototype.
    """
    inlined = orjson.dumps({"writeKey": write_key, "cdn": public_url, "settings": orjson.Fragment(settings)})
    return f"(function(){{var __EDGEWISE__=JSON.parse({script_string(inlined.decode())});\n".encode()


def loader_tail(client: bytes) -> bytes:
    """What is the same for every source."""
    return client + b"\n})();\n"
