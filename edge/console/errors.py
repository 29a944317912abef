"""What is shown where something cannot be done: a page, or for htmx a message above the page as it is."""

from dataclasses import dataclass

from edge.manage.problem import Kind, ProblemError

TITLES: dict[Kind, str] = {
    "invalid": "This cannot be done as it was asked",
    "forbidden": "This is not allowed",
    "not_found": "There is nothing here",
    "conflict": "Something else is there already",
    "changed": "Somebody changed it meanwhile",
    "too_large": "This is too large",
    "rate_limited": "Too many requests",
    "unavailable": "Not possible at the moment",
}


@dataclass(frozen=True, slots=True)
class Shown:
    status: int
    title: str
    text: str


NOWHERE = Shown(
    404,
    TITLES["not_found"],
    "There is no such page, or what it was about is gone, or it belongs to a workspace that this token does not see.",
)


def of_problem(problem: ProblemError) -> Shown:
    """What does not exist and what must not be seen read alike."""
    if problem.kind == "not_found":
        return NOWHERE
    return Shown(problem.status, TITLES.get(problem.kind, "Not possible"), problem.text[:1].upper() + problem.text[1:])


def no_store(method: str) -> Shown:
    """A connection that breaks during a commit leaves open whether it happened."""
    then = "Try again." if method in ("GET", "HEAD") else "Look whether your change is there, then try again."
    return Shown(503, TITLES["unavailable"], f"The store cannot be used at the moment. {then}")
