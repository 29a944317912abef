"""The first files of a new destination: a directory of its own, or its places in a checkout of this project."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import orjson

TEMPLATES = Path(__file__).parent / "skeleton"
INDEX = Path("loader/destinations/index.json")
DEFINITIONS = Path("edge/catalog/definitions")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .()&+_-]{0,63}\Z")
"""What a name may be made of: it is written into TOML, JavaScript and Markdown."""
SCRIPT = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[A-Za-z0-9._~/-]*)?\Z")


@dataclass(frozen=True, slots=True)
class NewDestination:
    """``script`` is the address of the vendor's script. Slug, name and address are of the forms that are checked."""

    slug: str
    name: str
    script: str

    @property
    def identifier(self) -> str:
        """The slug as a name in JavaScript: ``mail-tool`` becomes ``mailTool``."""
        first, *others = re.split(r"[-_]+", self.slug)
        word = first + "".join(part.capitalize() for part in others)
        return word if word[:1].isalpha() else f"d{word}"

    @property
    def library_name(self) -> str:
        return f"{self.identifier}Destination"

    def filled(self, template: str) -> str:
        text = (TEMPLATES / template).read_text(encoding="utf-8")
        words = {
            "__SLUG__": self.slug,
            "__NAME__": self.name,
            "__SCRIPT__": self.script,
            "__HOST__": urlsplit(self.script).netloc,
            "__LIBRARY__": self.library_name,
            "__GLOBAL__": self.identifier,
        }
        for word, value in words.items():
            text = text.replace(word, value)
        return text


def package_files(new: NewDestination) -> Mapping[Path, str]:
    """A directory for `edgewise bundle check` and `edgewise catalog add`, relative to it."""
    names = orjson.dumps({"libraryName": new.library_name}, option=orjson.OPT_INDENT_2).decode() + "\n"
    return {
        Path(f"{new.slug}.toml"): new.filled("package/definition.toml"),
        Path(f"{new.slug}.js"): new.filled("package/bundle.js"),
        Path("bundle.json"): names,
        Path("stub.js"): new.filled("package/stub.js"),
        Path("README.md"): new.filled("package/README.md"),
    }


def checkout_files(new: NewDestination, index: bytes) -> Mapping[Path, str]:
    """The same as part of the project, relative to its top; ``index`` is the content of INDEX, which gets a line."""
    named = orjson.loads(index) | {new.slug: {"libraryName": new.library_name}}
    lines = (f'  "{slug}": {{ "libraryName": "{entry["libraryName"]}" }}' for slug, entry in sorted(named.items()))
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    code = Path("loader/destinations") / new.slug
    return {
        DEFINITIONS / f"{new.slug}.toml": new.filled("package/definition.toml"),
        code / "vendor.ts": new.filled("checkout/vendor.ts"),
        code / "index.ts": new.filled("checkout/index.ts"),
        Path("loader/tests/destinations") / f"{new.slug}.test.ts": new.filled("checkout/test.ts"),
        Path("tests/browser/vendor-stubs") / f"{new.slug}.js": new.filled("package/stub.js"),
        INDEX: text,
    }
