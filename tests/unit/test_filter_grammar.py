"""Terms side by side, and what binds more closely than what."""

from __future__ import annotations

import itertools

import pytest
from support.filter_facts import NOW, facts, matches

from fashiontui.runs.filter.filter import parse_filter

LETTERS = "abc"
TRUE, FALSE = "seed=1", "seed=2"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a b", lambda a, b, c: a and b),
        ("a and b", lambda a, b, c: a and b),
        ("a or b", lambda a, b, c: a or b),
        ("not a", lambda a, b, c: not a),
        ("not not a", lambda a, b, c: a),
        ("a or b c", lambda a, b, c: a or (b and c)),
        ("a b or c", lambda a, b, c: (a and b) or c),
        ("a and b or c", lambda a, b, c: (a and b) or c),
        ("(a or b) c", lambda a, b, c: (a or b) and c),
        ("a (b or c)", lambda a, b, c: a and (b or c)),
        ("not a b", lambda a, b, c: (not a) and b),
        ("not a or b", lambda a, b, c: (not a) or b),
        ("not (a b)", lambda a, b, c: not (a and b)),
        ("a not b", lambda a, b, c: a and not b),
        ("a or not b and c", lambda a, b, c: a or ((not b) and c)),
        ("a AND b Or NOT c", lambda a, b, c: (a and b) or not c),
        ("((a)) and ((not (b)) or c)", lambda a, b, c: a and (not b or c)),
        ("a(b)c", lambda a, b, c: a and b and c),
        ("a or b or c", lambda a, b, c: a or b or c),
        ("a and b and c", lambda a, b, c: a and b and c),
    ],
)
def test_every_combination_of_truths(text, meaning):
    for truths in itertools.product([True, False], repeat=3):
        terms = dict(zip(LETTERS, (f"{TRUE} " if truth else f"{FALSE} " for truth in truths), strict=True))
        written = "".join(terms.get(character, character) for character in _spelled(text))
        assert matches(written) == bool(meaning(*truths)), written


def _spelled(text):
    """Its characters, words of several letters as one."""
    for _, group in itertools.groupby(text, key=str.isalpha):
        characters = "".join(group)
        yield from [characters] if characters.isalpha() else characters


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_filter_wants_everything(text):
    assert matches(text)
    assert matches(text, {})


def test_a_filter_knows_its_text_and_its_keys():
    text = "lr=0.1 (cnn* or not best.loss/valid<1) status:running age<2h dropout!=0.3 model.dropout<1"
    wanted = parse_filter(text)
    assert wanted.text == text
    assert wanted.keys() == {"optimizer.learning_rate", "best.valid_loss", "state", "age", "model.dropout"}
    assert parse_filter("cnn1").keys() == frozenset()


def test_a_filter_is_asked_of_many_runs():
    wanted = parse_filter("dropout>=0.3")
    runs = [facts(model__dropout=tenths / 10) for tenths in range(10)]
    assert [run["model.dropout"] for run in runs if wanted.matches(run, NOW)] == [
        0.3,
        0.4,
        0.5,
        0.6,
        0.7,
        0.8,
        0.9,
    ]


def test_fifty_levels_are_enough_for_anyone():
    assert matches("(" * 49 + TRUE + ")" * 49)
    assert matches("not " * 48 + TRUE)
    assert matches(" ".join([f"({TRUE})"] * 500))
    assert matches(" or ".join([FALSE] * 5000 + [TRUE]))
