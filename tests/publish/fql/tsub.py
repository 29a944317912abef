"""The official client's own filter engine: tsub, as the npm package ships it in a chunk of its own, run by Node."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHUNKS = Path(__file__).parents[3] / "loader/node_modules/@segment/analytics-next/dist/umd"
RUNNER = Path(__file__).with_name("tsub_runner.cjs")


@dataclass(frozen=True, slots=True)
class Case:
    """An event on its way to the destination ``integration``, and the rules of its source."""

    rules: Sequence[dict[str, Any]]
    integration: str
    event: dict[str, Any]


def run_tsub(cases: Sequence[Case]) -> list[Any]:
    """What becomes of each event: itself, changed or not, ``None`` if it is dropped, a text if the engine throws."""
    node, chunks = shutil.which("node"), sorted(CHUNKS.glob("tsub-middleware.bundle.*.js"))
    if node is None or not chunks:
        pytest.skip("no Node, or the browser side's packages are not installed")
    asked = json.dumps([[list(case.rules), case.integration, case.event] for case in cases])
    done = subprocess.run([node, str(RUNNER), str(chunks[0])], input=asked, capture_output=True, text=True, check=True)
    answers: list[Any] = json.loads(done.stdout)
    return answers


def dropped(irs: Sequence[tuple[str, dict[str, Any]]]) -> list[bool | str]:
    """Of each condition, in the form that clients evaluate, whether it holds for its event; a text if that throws."""
    cases = []
    for ir, event in irs:
        matcher = {"type": "fql", "ir": ir} if ir else {"type": "all", "ir": ""}
        rule = {"destinationName": "Tally", "matchers": [matcher], "transformers": [[{"type": "drop"}]]}
        cases.append(Case([rule], "Tally", event))
    return [one if isinstance(one, str) else one is None for one in run_tsub(cases)]
