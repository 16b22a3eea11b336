"""A filter of runs: read once, then asked of thousands of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fashiontui.runs.filter.comparison import test_of
from fashiontui.runs.filter.keys import Facts, getter
from fashiontui.runs.filter.lexer import Kind, Token
from fashiontui.runs.filter.mistake import Mistake, filter_error
from fashiontui.runs.filter.parser import parse
from fashiontui.runs.filter.syntax import Both, Comparison, Either, Name, Node, Not, keys_in
from fashiontui.runs.filter.values import GLOB, text_test

Matches = Callable[[Facts, float], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which runs are wanted, by their facts; `now` is the time in Unix seconds, that ages are measured to."""

    text: str
    _matches: Matches
    _keys: frozenset[str]

    def matches(self, facts: Facts, now: float) -> bool:
        """Whether a run is wanted."""
        return self._matches(facts, now)

    def keys(self) -> frozenset[str]:
        """The full paths of the keys it compares: `model.dropout`, `best.valid_accuracy`, `age`."""
        return self._keys


def parse_filter(text: str) -> Filter:
    """Read a filter; that of an empty text wants every run. FilterError says what is wrong, and where."""
    try:
        tree = parse(text)
        return Filter(text, _compiled(tree), keys_in(tree))
    except Mistake as mistake:
        raise filter_error(text, mistake) from None


def _compiled(node: Node) -> Matches:
    """The tree as closures: walking it for each run would cost several times as much."""
    match node:
        case Name():
            return _named(node.token)
        case Comparison():
            get, test = getter(node.key), test_of(node)
            return lambda facts, now: test(get(facts, now))
        case Not():
            part = _compiled(node.part)
            return lambda facts, now: not part(facts, now)
        case Both():
            return _all(tuple(map(_compiled, node.parts)))
        case Either():
            return _any(tuple(map(_compiled, node.parts)))


def _all(parts: tuple[Matches, ...]) -> Matches:
    def matches(facts: Facts, now: float) -> bool:
        for part in parts:  # noqa: SIM110 - `all` over a generator takes twice as long
            if not part(facts, now):
                return False
        return True

    return matches


def _any(parts: tuple[Matches, ...]) -> Matches:
    def matches(facts: Facts, now: float) -> bool:
        for part in parts:  # noqa: SIM110 - as above
            if part(facts, now):
                return True
        return False

    return matches


def _named(token: Token) -> Matches:
    """Whether a run's id, experiment or study has the word in it, or fits the glob."""
    if token.kind is Kind.WORD and GLOB.search(token.text):
        fits = text_test(token.text)
    else:
        part = token.text.casefold()
        fits = lambda name: part in name.casefold()  # noqa: E731 - the other branch's twin

    def matches(facts: Facts, now: float) -> bool:  # noqa: ARG001 - as all of them
        run_id, experiment, study = (facts.get(key) or "" for key in ("run_id", "experiment", "study"))
        return fits(run_id) or fits(study) or fits(f"{experiment}/{run_id}") or fits(experiment)

    return matches
