"""FQL's grammar; what binds tightest is last.

either   = both {"or" both}
both     = negated {"and" negated}
negated  = "not" negated | compared
compared = single [("=" | "!=" | "<" | "<=" | ">" | ">=") value | "in" (list | path)]
single   = "!" single | "(" either ")" | value
value    = text | number | true | false | null | list | path | function "(" value {"," value} ")"
"""

from edge.publish.fql.checks import (
    check_call,
    check_comparison,
    check_condition,
    check_container,
    check_operand,
)
from edge.publish.fql.errors import FqlError
from edge.publish.fql.tokens import FUNCTIONS, MEANT, Token, tokens
from edge.publish.fql.tree import Call, Compare, Condition, ListOf, Literal, Not, Path, Several, Value, Within

LONGEST = 5000
"""Characters of a condition."""
DEEPEST = 50
"""Levels of parentheses, negations and calls."""
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
CONSTANTS = {"true": True, "false": False, "null": None}

Part = Condition | Value


def parse(text: str) -> Condition:
    """The condition in ``text``. Raises FqlError."""
    if len(text) > LONGEST:
        raise FqlError(LONGEST + 1, f"the condition goes on; at most {LONGEST} characters are allowed")
    if not text.strip():
        raise FqlError(1, 'the condition is empty; write one, as type = "track", or all')
    return _Parser(tokens(text)).whole()


class _Parser:
    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._next = 0
        self._depth = 0

    def whole(self) -> Condition:
        found = check_condition(self._either())
        rest = self._peek()
        if rest.kind != "end":
            raise FqlError(rest.column, f"{_shown(rest)} does not go on from here; join conditions with and, or")
        return found

    def _either(self) -> Part:
        return self._joined("or")

    def _both(self) -> Part:
        return self._joined("and")

    def _joined(self, operator: str) -> Part:
        inner = self._both if operator == "or" else self._negated
        first = inner()
        operands = [first]
        while self._accept(operator):
            operands.append(inner())
        if len(operands) == 1:
            return first
        return Several(first.column, operator, tuple(check_condition(one) for one in operands))

    def _negated(self) -> Part:
        start = self._peek()
        if not self._accept("not"):
            return self._compared()
        self._deeper(start)
        found = Not(start.column, check_condition(self._negated()))
        self._depth -= 1
        return found

    def _compared(self) -> Part:
        left = self._single()
        operator = self._peek()
        if operator.written in COMPARISONS and operator.kind == "mark":
            self._take()
            right = self._single()
            return check_comparison(
                Compare(operator.column, operator.written, check_operand(left), check_operand(right))
            )
        if self._accept("in"):
            return Within(operator.column, check_operand(left), check_container(self._single()))
        return left

    def _single(self) -> Part:
        start = self._take()
        self._deeper(start)
        found = self._begun(start)
        self._depth -= 1
        return found

    def _begun(self, start: Token) -> Part:
        match start.kind, start.written:
            case "mark", "!":
                return Not(start.column, check_condition(self._single()))
            case "mark", "(":
                inner = self._either()
                self._expect(")", start)
                return inner
            case "mark", "[":
                return self._list(start)
            case (("text" | "number"), _) if not isinstance(start.value, tuple):
                return Literal(start.column, start.value)
            case "word", constant if constant in CONSTANTS:
                return Literal(start.column, CONSTANTS[constant])
            case "path", _ if isinstance(start.value, tuple):
                return self._call(start) if self._peek().written == "(" else Path(start.column, start.value)
            case "end", _:
                raise FqlError(start.column, f"the condition ends too early; {MEANT}")
            case _:
                raise FqlError(start.column, f"{_shown(start)} cannot stand here; {MEANT}")

    def _call(self, name: Token) -> Call:
        if name.written not in FUNCTIONS:
            functions = ", ".join(FUNCTIONS)
            raise FqlError(name.column, f"there is no function {name.written[:40]!r}; allowed: {functions}")
        opening = self._take()
        arguments: list[Value] = []
        if not self._accept(")"):
            arguments.append(check_operand(self._either()))
            while self._accept(","):
                arguments.append(check_operand(self._either()))
            self._expect(")", opening)
        return check_call(Call(name.column, name.written, tuple(arguments)))

    def _list(self, opening: Token) -> ListOf:
        items: list[Literal | Path] = []
        while not self._accept("]"):
            if items and not self._accept(","):
                raise FqlError(self._peek().column, "a list goes on with , or ends with ]")
            item = self._single()
            if not isinstance(item, Literal | Path):
                raise FqlError(item.column, "a list holds texts, numbers, true, false, null and field paths only")
            items.append(item)
        return ListOf(opening.column, tuple(items))

    def _deeper(self, at: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FqlError(at.column, f"the condition is nested too deeply; at most {DEEPEST} levels are allowed")

    def _peek(self) -> Token:
        return self._words[self._next]

    def _take(self) -> Token:
        found = self._words[self._next]
        if found.kind != "end":
            self._next += 1
        return found

    def _accept(self, written: str) -> bool:
        word = self._peek()
        if word.kind not in ("mark", "word") or word.written != written:
            return False
        self._take()
        return True

    def _expect(self, written: str, opening: Token) -> None:
        if not self._accept(written):
            here = self._peek()
            raise FqlError(here.column, f"{written} is missing for the {opening.written} of column {opening.column}")


def _shown(token: Token) -> str:
    return repr(token.written[:40]) if token.kind != "end" else "the end"
