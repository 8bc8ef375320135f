"""Arithmetic over a file's columns, as a mapping writes it: ``at_s = "arrival_s + vru_s"``.

A small language of its own, never Python: names, numbers, ``+ - * / ( )`` and ``first(a, b)``, the first one known.
A heading that is no plain word stands in square brackets: ``[Talk Time] + [Hold Time]``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

LENGTH_LIMIT, DEPTH_LIMIT = 500, 30
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|\[([^\]]+)\]|([^\W\d]\w*)|([-+*/(),]))")
_FUNCTIONS = ("first",)

Values = Mapping[str, np.ndarray]
Node = Callable[[Values], np.ndarray]


@dataclass(frozen=True)
class Expression:
    """A parsed expression."""

    text: str
    names: tuple[str, ...]
    """Headings it reads."""
    node: Node

    def __call__(self, values: Values) -> np.ndarray:
        """Its value in every row; NaN where a number is unknown, and where zero divides."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            result = np.asarray(self.node(values), dtype=float)
        return np.where(np.isfinite(result), result, np.nan)


def parse(text: str) -> Expression:
    """Parse; a ValueError says in one sentence what is wrong."""
    if len(text) > LENGTH_LIMIT:
        raise ValueError(f"is {len(text)} characters long, must have at most {LENGTH_LIMIT}")
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str):
        self.text, self.tokens, self.place, self.depth = text, _tokens(text), 0, 0
        self.names: list[str] = []

    def whole(self) -> Expression:
        node = self.sum()
        if self.place < len(self.tokens):
            raise ValueError(f'is "{self.text}", "{self.tokens[self.place][1]}" must not stand there')
        return Expression(self.text, tuple(dict.fromkeys(self.names)), node)

    def peek(self) -> str:
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def take(self, wanted: str = "") -> tuple[str, str]:
        if self.place >= len(self.tokens) or (wanted and self.peek() != wanted):
            missing = f'"{wanted}"' if wanted else "a number or a heading"
            raise ValueError(f'is "{self.text}", {missing} is missing')
        self.place += 1
        return self.tokens[self.place - 1]

    def sum(self) -> Node:
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise ValueError(f"is nested more than {DEPTH_LIMIT} deep")
        node = self.product()
        while self.is_sign("+-"):
            sign, right = self.take()[1], self.product()
            node = _both(np.add if sign == "+" else np.subtract, node, right)
        self.depth -= 1
        return node

    def product(self) -> Node:
        node = self.factor()
        while self.is_sign("*/"):
            sign, right = self.take()[1], self.factor()
            node = _both(np.multiply if sign == "*" else np.divide, node, right)
        return node

    def is_sign(self, signs: str) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place][0] == "sign" and self.peek() in signs

    def factor(self) -> Node:
        kind, token = self.take()
        if kind == "number":
            value = float(token)
            return lambda values: np.array(value)
        if kind == "word" and token in _FUNCTIONS and self.peek() == "(":
            return self.first()
        if kind in ("word", "heading"):
            self.names.append(token)
            return lambda values: values[token]
        if token == "-":
            self.depth += 1
            if self.depth > DEPTH_LIMIT:
                raise ValueError(f"is nested more than {DEPTH_LIMIT} deep")
            node = self.factor()
            self.depth -= 1
            return lambda values: -node(values)
        if token == "(":
            node = self.sum()
            self.take(")")
            return node
        raise ValueError(f'is "{self.text}", "{token}" must not stand there')

    def first(self) -> Node:
        self.take("(")
        a = self.sum()
        self.take(",")
        b = self.sum()
        self.take(")")
        return lambda values: np.where(np.isnan(a(values)), b(values), a(values))


def _both(operation: Callable, left: Node, right: Node) -> Node:
    return lambda values: operation(left(values), right(values))


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, place = [], 0
    stripped = text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        if match is None:
            rest = stripped[place:].strip()
            raise ValueError(f'is "{text}", "{rest[0]}" is not allowed: names, numbers, + - * / ( ) and first(a, b)')
        kind = ("number", "heading", "word", "sign")[next(n for n in range(4) if match[n + 1] is not None)]
        tokens.append((kind, match[0].strip().strip("[]") if kind == "heading" else match[0].strip()))
        place = match.end()
    if not tokens:
        raise ValueError("is empty, must be arithmetic over headings")
    return tokens
