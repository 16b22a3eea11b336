"""What is proposed while a filter is typed."""

from __future__ import annotations

import pytest
from support.filter_facts import NOW, facts

from fashiontui.runs.filter.completion import complete, word_start
from fashiontui.runs.filter.filter import parse_filter

KNOWN = [
    facts(),
    facts(experiment="lr", study=None, model__kind="logistic", seed=10, dataset="my sets", model__units=None),
    facts(experiment="cnn2", study='the "third" one', seed=2, model__options__width=4, device="none"),
]


def proposed(text, cursor=None):
    return complete(text, len(text) if cursor is None else cursor, KNOWN)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("dro", ["dropout"]),
        ("seed=1 dro", ["dropout"]),
        ("(dro", ["dropout"]),
        ("not dro", ["dropout"]),
        ("model.dr", ["model.dropout"]),
        ("model.op", ["model.options.width"]),
        ("stat", ["state", "status"]),
        ("best.valid_a", ["best.valid_accuracy"]),
        ("cnn", ["cnn1", "cnn2", "cnns"]),
        ("lr", []),
        ("an", ["and"]),
        ("state:", ["queued", "starting", "running"]),
        ("state:f", ["finished", "failed"]),
        ("state:finished,fa", ["failed"]),
        ("state : running , l", ["lost"]),
        ("model=", ["cnn", "logistic"]),
        ("seed>=", ["1", "2", "10"]),
        ("dataset=m", ['"my sets"']),
        ('dataset="m', ['"my sets"']),
        ("study=", ['"the \\"third\\" one"', "cnns"]),
        ("units=", ["256", "512"]),
        ("bn=", ["true"]),
        ("age<", ["1h", "1d", "1w"]),
        ("created>", []),
        ("device=", ['"none"', "cuda:0"]),
        ("dropot=", []),
        ("dropot=x", []),
        ("(=", []),
        ("trees=", []),
        ('"cnn1" and', []),
    ],
)
def test_proposals(text, first):
    assert proposed(text)[: max(len(first), 1)] == first


def test_an_empty_filter_is_offered_keys():
    assert proposed("")[:3] == ["run_id", "experiment", "study"]
    assert "or" not in proposed("")


def test_only_what_is_left_of_the_cursor_counts():
    assert proposed("dro>=0.3 state:", 3) == ["dropout"]
    assert complete("dropout>=0.3", 0, []) == complete("", 0, [])


@pytest.mark.parametrize(
    ("text", "start"),
    [("", 0), ("dro", 0), ("a dro", 2), ("a ", 2), ("seed=1", 5), ("seed=", 5), ('study="my se', 6)],
)
def test_where_the_word_begins(text, start):
    assert word_start(text, len(text)) == start


@pytest.mark.parametrize(
    "key", ["study", "dataset", "device", "experiment", "seed", "units", "bn", "lr", "dropout", "tag"]
)
def test_every_proposed_value_finds_its_run(key):
    for value in proposed(f"{key}="):
        wanted = parse_filter(f"{key}={value}")
        assert any(wanted.matches(run, NOW) for run in KNOWN), value
