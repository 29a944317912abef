"""docs/load-test.md against the code."""

import importlib.util
import re
from pathlib import Path
from typing import get_args

from loadtest.checks import What

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "load-test.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_fault_is_documented_and_every_documented_fault_exists() -> None:
    table = TEXT[TEXT.index("## What is checked") : TEXT.index("## Reading a failure")]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(get_args(What))


def test_every_variable_of_make_load_is_documented_with_its_default() -> None:
    recipe = MAKEFILE[MAKEFILE.index("\nload: ") :].split("\n\n")[0]
    variables = set(re.findall(r"\$\((\w+)\)", recipe))
    rows = re.findall(r"^\| (`[A-Z].*?`) \| (`.*?`) \|", TEXT, re.MULTILINE)
    documented = {
        name: default
        for names, defaults in rows
        for name, default in zip(re.findall(r"`(\w+)`", names), re.findall(r"`(\w+)`", defaults), strict=True)
    }
    assert set(documented) == variables
    for name, default in documented.items():
        assert f"\n{name} = {default}\n" in MAKEFILE


def test_every_documented_bench_exists_and_every_bench_is_documented() -> None:
    documented = set(re.findall(r"`python -m (loadtest\.bench\.\w+)`", TEXT))
    assert all(importlib.util.find_spec(name) for name in documented)
    benches = {
        f"loadtest.bench.{file.stem}"
        for file in (ROOT / "loadtest" / "bench").glob("*.py")
        if '__name__ == "__main__"' in file.read_text(encoding="utf-8") and file.stem != "background"
    }
    assert documented == benches


def test_the_benches_that_take_a_fleet_and_the_one_that_takes_nothing_are_those_that_are_named() -> None:
    files = {file.stem: file.read_text(encoding="utf-8") for file in (ROOT / "loadtest" / "bench").glob("*.py")}
    benches = {name for name, text in files.items() if '__name__ == "__main__"' in text} - {"background"}
    said = TEXT[TEXT.index("Each starts what it needs.") :].split("Client,")[0]
    nothing, fleet = re.search(r"all but (.*?) say", said), re.search(r"and (`.*?) run on", said, re.DOTALL)
    assert nothing is not None
    assert fleet is not None
    assert _named(nothing[1]) == {name for name in benches if "add_argument" not in files[name]}
    assert _named(fleet[1]) == {name for name in benches if '"--fleet"' in files[name]}


def _named(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))
