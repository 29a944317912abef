"""The snippet that a page carries: the loader build's text with a source's key and this edge's base URL."""

from edge.publish.bundle import script_string


def snippet_text(template: str, write_key: str, public_url: str) -> str:
    """``template`` with its placeholders replaced by string literals that are safe inside a script element."""
    return template.replace("__WRITE_KEY__", script_string(write_key)).replace("__CDN__", script_string(public_url))


def inline_script(snippet: str) -> str:
    """What stands between the tags of the script element in which the snippet is printed."""
    return f"\n{snippet.strip()}\n"
