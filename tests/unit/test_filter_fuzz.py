"""Any text is a filter or a FilterError, any order too, and completing is never an error at all."""

from __future__ import annotations

import random

import pytest
from support.filter_facts import NOW, facts

from fashiontui.errors import FilterError
from fashiontui.runs.filter.completion import complete, word_start
from fashiontui.runs.filter.filter import Filter, parse_filter
from fashiontui.runs.filter.keys import short_names
from fashiontui.runs.filter.sorting import sort_runs

ROUNDS = 3000
PIECES = [
    *("and", "or", "not", "(", ")", ",", " ", "  ", "=", "==", "!=", "<", "<=", ">", ">=", ":", "!", '"', "'", "\\"),
    *("*", "?", "[", "]", "[!", "[a-", "[^&&~~||--]", "[[", "{", "}", ".", "..", "/", "%", "_", "-", "+", "\x1b[31m"),
    *("0.3", "1e-3", "1e999", "-1", "90%", "2h", "1h30m", "none", "true", "nan", "inf", "[512,256]", "[1,"),
    *("2026-11-23", "2026-99-99", "0001-01-01", "2026-11-23T09:15", "cnn*", "cnn1", "running", "日本", "\0", "\n", "\u0301"),
    *("9" * 400, "s" * 50, "best.", "best.loss/valid", "model.options.", "model.options.x", "\ud800", "²", "٣"),
    *("age", "created", "state", "dropout", "units", "error", "tag", "seed", "name"),
]  # fmt: skip
ODD = {"tags": {"a": 1}, "host": 3, "metrics": {"valid_loss": None}, "model.units": {"a": 1}, "study": ""}
RUNS = [facts(), {}, facts(model__dropout=None, model__units=[[1], None, "x"], tags=[]), ODD]


def texts(seed):
    rng = random.Random(seed)
    pieces = [*PIECES, *short_names()]
    for _ in range(ROUNDS):
        if rng.random() < 0.2:
            yield "".join(chr(rng.randrange(1, 0x250)) for _ in range(rng.randrange(30)))
        else:
            yield "".join(rng.choices(pieces, k=rng.randrange(12)))


def read(function, text):
    """What comes of a text, or the FilterError about it; anything else fails the test that asked."""
    try:
        return function(text)
    except FilterError as error:
        return error


@pytest.mark.parametrize("seed", range(4))
def test_any_text_is_a_filter_or_an_error_at_a_column_of_it(seed):
    understood = 0
    for text in texts(seed):
        result = read(parse_filter, text)
        if isinstance(result, FilterError):
            assert 0 <= result.column <= len(text), text
            assert result.message.splitlines()[2].strip() == "^", text
        else:
            understood += 1
            assert all(isinstance(result.matches(run, NOW), bool) for run in RUNS), text
    assert ROUNDS / 50 < understood < ROUNDS


def test_not_turns_every_filter_around():
    filters = [text for text in texts(7) if text.strip() and isinstance(read(parse_filter, text), Filter)]
    assert filters
    for text in filters:
        wanted, unwanted = parse_filter(text), parse_filter(f"not ({text} )")
        assert [wanted.matches(run, NOW) for run in RUNS] == [
            not unwanted.matches(run, NOW) for run in RUNS
        ], text


def test_every_key_takes_part_in_larger_filters():
    rng = random.Random(3)
    for key in short_names():
        term = f"{key}{rng.choice(['=', '!=', ':', '=='])}none"
        assert not parse_filter(f"({term} or {term}) and not {term}").matches(facts(), NOW)


def test_any_text_is_an_order_or_an_error_at_a_column_of_it():
    for text in texts(9):
        result = read(lambda order: sort_runs(RUNS, order), text)
        if isinstance(result, FilterError):
            assert 0 <= result.column <= len(text), text
        else:
            assert len(result) == len(RUNS)


def test_completing_is_never_an_error():
    rng = random.Random(5)
    for text in texts(5):
        cursor = rng.randint(0, len(text))
        assert all(isinstance(choice, str) for choice in complete(text, cursor, RUNS))
        assert 0 <= word_start(text, cursor) <= cursor


MUCH = {
    "open": "(" * 100_000,
    "not": "not " * 100_000,
    "sets": "[" * 50_000,
    "escapes": '"' + "\\" * 50_000,
    "stars": "*a" * 20_000,
    "key": "x" * 100_000 + "=1",
    "number": "seed>" + "9" * 100_000,
    "operator": "seed" + "=" * 100_000,
}


@pytest.mark.parametrize("kind", MUCH)
def test_a_text_may_be_wrong_at_any_length(kind):
    assert isinstance(read(parse_filter, MUCH[kind]), FilterError)


@pytest.mark.parametrize("joined", [" ", " and ", " or "])
def test_a_text_may_be_right_at_any_length(joined):
    assert parse_filter(joined.join(["seed=1"] * 5_000)).matches(facts(), NOW)


def test_so_may_a_list_of_values():
    assert parse_filter(f"seed={','.join(map(str, range(5_000)))}").matches(facts(), NOW)
