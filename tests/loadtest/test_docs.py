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
