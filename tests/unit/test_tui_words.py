"""Numbers, times and lines in few words."""

from __future__ import annotations

from pathlib import Path

import pytest

from fashiontui.runs.state import RunState
from fashiontui.tui.lines import beside, cells, cut, fitted, line, table, wrapped
from fashiontui.tui.project import ProjectSnapshot
from fashiontui.tui.words import (
    ASCII_SIGNS,
    SIGNS,
    TONES,
    count,
    large,
    lines_of,
    machine_words,
    named_key,
    roughly,
    score,
    setting,
    short_id,
    short_paths,
    span,
)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"),
        (0, "0 s"),
        (41.4, "41 s"),
        (130, "2m 10s"),
        (3725, "1h 02m"),
        (273600, "3d 04h"),
        (59.7, "1m 00s"),
    ],
)
def test_spans(seconds, shown):
    assert span(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(50, "50s"), (420, "7m"), (7200, "2h"), (200000, "2d"), (-5, "0s")]
)
def test_rough_times(seconds, shown):
    assert roughly(seconds) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [(None, "–"), (832, "832"), (1433600, "1.43 M"), (999.9, "1 k"), (2e9, "2 G")]
)
def test_large_numbers(number, shown):
    assert large(number) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "true"),
        ((32, 64), "32, 64"),
        ([], "none"),
        (0.0001, "0.0001"),
        (None, "none"),
        ("a\x1bb", "a\\x1bb"),
    ],
)
def test_settings(value, shown):
    assert setting(value) == shown


def test_counts_and_scores():
    assert (count(1, "run"), count(2, "run"), count(7850, "parameter")) == (
        "1 run",
        "2 runs",
        "7,850 parameters",
    )
    assert (score(None), score(0.92571)) == ("–", "0.9257")


@pytest.mark.parametrize(
    ("run_id", "shown"),
    [("20261123-091502-k3f", "k3f"), ("version_0", "version_0"), ("a-b-c", "a-b-c"), ("x\x1b", "x\\x1b")],
)
def test_short_ids(run_id, shown):
    assert short_id(run_id) == shown


def test_named_keys():
    assert named_key("cnn1/20261123-091502-k3f") == "cnn1 k3f"
    assert named_key("alone") == "alone"


def test_every_state_has_a_sign_and_a_tone():
    assert set(SIGNS) == set(ASCII_SIGNS) == set(TONES) == set(RunState)
    assert len(set(SIGNS.values())) == len(SIGNS)
    assert all(sign.isascii() for sign in ASCII_SIGNS.values())


def test_lines_of_a_text_keep_its_line_ends_alone():
    assert lines_of("a\nb\x1b[31m") == "a\nb\\x1b[31m"


def machine(**changes):
    known = {"is_loaded": True, "slots": {"cpu/0": "a/b", "cpu/1": ""}, **changes}
    return machine_words(ProjectSnapshot(Path("/x/logs"), Path("e.toml"), **known))


def test_the_machine_in_words():
    assert machine() == ["logs/", "cpu 1/2 busy", "no gpu"]
    assert machine(slots={"cpu/0": "", "cuda:0/0": "a/b"}) == ["logs/", "cpu 0/1 busy", "gpu 1/1 busy"]
    assert machine(read_only=True, data="real") == ["logs/", "data real", "read only"]
    assert machine(is_held=True)[-1] == "queue held"  # the last to be left out
    assert machine(foreign=True) == ["logs/", "TensorBoard logs", "read only"]
    assert machine(is_loaded=False) == []


def test_what_is_too_long_is_cut_with_a_sign():
    assert fitted("abcdef", 4) == "abc…"
    assert fitted("ab", 4, right=True) == "  ab"
    assert fitted("日本語", 4) == "日 …"
    assert cut((("abc", "plain"), ("def", "bad")), 4) == (("abc", "plain"), ("…", "bad"))


def test_wide_characters_count_twice():
    assert cells((("日本", "plain"), ("a", "plain"))) == 5


def test_blocks_stand_side_by_side():
    left, right = [line("a"), line("bb"), line("c")], [line("x"), line("y")]
    joined = ["".join(text for text, _ in parts) for parts in beside(left, right, 2, gap=1)]
    assert joined == ["a  x", "bb y", "c"]


def test_tables_right_align_numbers():
    shown = [
        "".join(text for text, _ in parts)
        for parts in table(("n", "value"), [("a", "1"), ("b", "22")], right=(1,))
    ]
    assert shown == ["n  value", "a      1", "b     22"]


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("a\nb", 9, ["a", "b"]),
        ("", 5, [""]),
        ("日本語", 4, ["日本", "語"]),
    ],
)
def test_wrapping(text, width, shown):
    assert [parts[0][0] for parts in wrapped(text, width)] == shown


def test_settings_are_called_by_what_tells_them_apart():
    assert short_paths(["optimizer.learning_rate", "dataset.name", "optimizer.name", "model.kind"]) == {
        "optimizer.learning_rate": "learning_rate",
        "dataset.name": "dataset",
        "optimizer.name": "optimizer",
        "model.kind": "model",
    }
    assert short_paths(["a.size", "b.size"]) == {"a.size": "a.size", "b.size": "b.size"}


def test_a_loss_that_has_run_away_is_not_written_out():
    assert score(19252457472.0) == "1.925e+10"
    assert score(9999.0) == "9999.0000"
