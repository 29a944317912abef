"""What is wrong with the catalog's files, said in a way that somebody can act on."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One broken rule (a key of ``rules.RULES``). ``line`` counts from 1; 0 means the file as a whole."""

    origin: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        place = f"{self.origin}:{self.line}" if self.line else self.origin
        return f"{place}: {self.rule}: {self.text}"


class CatalogError(Exception):
    """Everything found wrong in one reading, a line each: ``<file>:<line>: <rule>: <what is wrong and allowed>``."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
