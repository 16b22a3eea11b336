"""A filter's tokens as a tree. The grammar:

filter     = [ either ]
either     = both { "or" both }
both       = no { [ "and" ] no }
no         = "not" no | "(" either ")" | comparison | name
comparison = KEY OPERATOR VALUE { "," VALUE }
name       = WORD | QUOTED
"""

from __future__ import annotations

from typing import Final

from fashiontui.runs.filter.keys import resolve
from fashiontui.runs.filter.lexer import Kind, Token, tokens
from fashiontui.runs.filter.mistake import Mistake
from fashiontui.runs.filter.syntax import Both, Comparison, Either, Name, Node, Not
from fashiontui.runs.filter.values import GLOB

OPERATORS: Final = ("=", "==", "!=", "<", "<=", ">", ">=", ":")
MEANT: Final = {
    "=>": ">=",
    "=<": "<=",
    "<>": "!=",
    "=!": "!=",
    ":!": "!=",
    "===": "=",
    "!==": "!=",
    ":=": "=",
}
KEYWORDS: Final = ("and", "or", "not")
SYMBOLS: Final = {"&": "and", "&&": "and", "|": "or", "||": "or", "!": "not"}
LONGEST_GLOB: Final = 200  # reading one takes the square of its length
DEEPEST: Final = 50  # parentheses and `not` within one another; Python's own stack is not endless


def parse(text: str) -> Node:
    """The tree of a filter; Mistake says what is wrong, and where."""
    return _Parser(tokens(text)).filter()


class _Parser:
    """Reads tokens from left to right, one ahead."""

    def __init__(self, stream: list[Token]) -> None:
        self._stream = stream
        self._place = 0
        self._depth = 0

    def filter(self) -> Node:
        if self._at(Kind.END):
            return Both(())
        node = self._either()
        if self._at(Kind.CLOSE):
            raise Mistake(self._next.column, "this `)` closes nothing")
        return node

    @property
    def _next(self) -> Token:
        return self._stream[self._place]

    def _at(self, kind: Kind) -> bool:
        return self._next.kind is kind

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _either(self) -> Node:
        parts = [self._both()]
        while self._at_keyword("or"):
            self._take()
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Node:
        parts = [self._no()]
        while self._next.kind not in (Kind.END, Kind.CLOSE) and not self._at_keyword("or"):
            if self._at_keyword("and"):
                self._take()
            parts.append(self._no())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _no(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Mistake(self._next.column, f"more than {DEEPEST} parentheses and `not` within one another")
        if self._at_keyword("not"):
            self._take()
            node: Node = Not(self._no())
        elif self._at(Kind.OPEN):
            node = self._parentheses()
        else:
            node = self._term()
        self._depth -= 1
        return node

    def _parentheses(self) -> Node:
        opened = self._take()
        if self._at(Kind.CLOSE):
            raise Mistake(self._next.column, "there is nothing between these parentheses")
        node = self._either()
        if not self._at(Kind.CLOSE):
            raise Mistake(opened.column, "this `(` is never closed")
        self._take()
        return node

    def _term(self) -> Node:
        token = self._next
        self._check_term(token)
        self._take()
        if not self._at(Kind.OPERATOR):
            return Name(self._whole(token))
        if token.kind is Kind.QUOTED:
            raise Mistake(token.column, "a key is written without quotes")
        operator = self._operator()
        return Comparison(resolve(token.text, token.column), operator, self._values())

    def _check_term(self, token: Token) -> None:
        if token.kind is Kind.OPERATOR:
            _check_operator(token)
            raise Mistake(token.column, f"`{token.text}` needs a key before it", "Such as dropout>=0.3.")
        if token.kind is Kind.COMMA:
            raise Mistake(token.column, "a comma only goes between values, as in state:running,paused")
        if token.kind in (Kind.END, Kind.CLOSE) or self._is_keyword(token):
            before = self._stream[self._place - 1].text if self._place else ""
            where = f" after `{before}`" if before else f" before `{token.text}`"
            raise Mistake(token.column, f"something is missing{where}", _how_to_search(token))
        symbol = "!" if token.text.startswith("!") else token.text
        if token.kind is Kind.WORD and symbol in SYMBOLS:
            raise Mistake(token.column, f"`{symbol}` means nothing here", f"Write `{SYMBOLS[symbol]}`.")

    def _operator(self) -> Token:
        token = self._take()
        _check_operator(token)
        return token

    def _values(self) -> tuple[Token, ...]:
        values = [self._value()]
        while self._at(Kind.COMMA):
            self._take()
            values.append(self._value())
        return tuple(values)

    def _value(self) -> Token:
        token, before = self._next, self._stream[self._place - 1]
        if token.kind not in (Kind.WORD, Kind.QUOTED, Kind.UNCLOSED) or _is_bare_keyword(token):
            hint = _how_to_search(token)
            raise Mistake(token.column, f"a value is missing after `{before.text}`", hint)
        return self._whole(self._take())

    def _whole(self, token: Token) -> Token:
        """The token, unless it is a quoted text that does not end well, or too long a glob."""
        if token.kind is Kind.UNCLOSED:
            raise Mistake(token.column, "this quote is never closed")
        if token.kind is Kind.WORD and len(token.text) > LONGEST_GLOB and GLOB.search(token.text):
            raise Mistake(token.column, f"a glob has at most {LONGEST_GLOB} characters")
        after = self._next
        if token.kind is Kind.QUOTED and after.column == token.end and after.kind in (Kind.WORD, Kind.QUOTED):
            raise Mistake(after.column, "a space is missing after the quoted text")
        return token

    def _at_keyword(self, keyword: str) -> bool:
        return self._is_keyword(self._next) and self._next.text.lower() == keyword

    def _is_keyword(self, token: Token) -> bool:
        """Whether a token joins terms; before an operator it is a key, if a wrong one."""
        return _is_bare_keyword(token) and self._stream[self._place + 1].kind is not Kind.OPERATOR


def _is_bare_keyword(token: Token) -> bool:
    return token.kind is Kind.WORD and token.text.lower() in KEYWORDS


def _how_to_search(token: Token) -> str:
    return f'To look for the word itself, write "{token.text}".' if _is_bare_keyword(token) else ""


def _check_operator(token: Token) -> None:
    if token.text not in OPERATORS:
        meant = MEANT.get(token.text)
        hint = f"Did you mean `{meant}`?" if meant else f"Operators are {' '.join(OPERATORS)}."
        raise Mistake(token.column, f"`{token.text}` is no operator", hint)
