"""The snippet that a page carries: the loader build's text with a source's key and this edge's base URL."""

from dataclasses import dataclass

from edge.publish.bundle import script_string


@dataclass(frozen=True, slots=True)
class Snippets:
    """``whole`` asks for the loader, ``halved`` for its halves, and for all of it where they cannot be had."""

    whole: str
    halved: str
    public_url: str

    def text(self, write_key: str, *, halves: bool = False) -> str:
        """With its placeholders replaced by string literals that are safe inside a script element."""
        template = self.halved if halves else self.whole
        return template.replace("__WRITE_KEY__", script_string(write_key)).replace(
            "__CDN__", script_string(self.public_url)
        )


def inline_script(snippet: str) -> str:
    """What stands between the tags of the script element in which the snippet is printed."""
    return f"\n{snippet.strip()}\n"
