from __future__ import annotations

import pytest
from rich.cells import cell_len

from fashiontui.tui.fitting import fitted_apart, fitted_ends, fitted_name, fitted_settings

RATES = [
    f"ann2-learning_rate-{rate}-decay-{decay}" for rate in ("0.0001", "0.0003") for decay in ("1.0", "0.9999")
]


def test_what_fits_stays_as_it_is():
    assert fitted_ends("fc1.weight", 10) == "fc1.weight"
    assert fitted_apart(["cnn1", "cnn2"], 4) == ["cnn1", "cnn2"]
    assert fitted_settings("decay=0.9", 9) == "decay=0.9"


def test_both_ends_of_a_name_are_kept():
    assert fitted_ends("layer_distance_from_init/fc1.weight", 16) == "layer_d…1.weight"


@pytest.mark.parametrize("width", range(1, 30))
def test_nothing_is_wider_than_its_room(width):
    for text in ("abcdefgh-ijklmnop", "日本語テキスト", "a b=c d=e"):
        assert cell_len(fitted_ends(text, width)) <= width
        assert cell_len(fitted_settings(text, width)) <= width
        assert cell_len(fitted_name(text, width)) <= width
        assert all(cell_len(cut) <= width for cut in fitted_apart([text, f"{text}2"], width))


def test_names_that_differ_in_their_beginnings_are_cut_at_their_ends():
    assert fitted_apart(["logistic-regression", "forest-of-trees"], 10) == ["logistic-…", "forest-of…"]


@pytest.mark.parametrize("width", [18, 24])
def test_names_that_begin_alike_lose_what_they_have_in_common(width):
    cut = fitted_apart(RATES, width)
    assert len(set(cut)) == 4
    assert all(text.startswith("…0.000") for text in cut)


def test_a_name_that_is_the_beginning_of_another_keeps_something():
    assert fitted_apart(["a-long-name-", "a-long-name-too"], 8) == ["…name-", "…na…-too"]


def test_same_names_stay_the_same():
    assert fitted_apart(["one-and-the-same"] * 2, 8) == ["one-and…"] * 2


def test_of_settings_the_names_are_cut_and_the_values_stay():
    assert fitted_settings("learning_rate=0.0001 decay=0.9999", 26) == "learn…=0.0001 decay=0.9999"
    assert fitted_settings("learning_rate=0.0001 decay=0.9999", 8) == "learnin…"
    assert fitted_settings("no settings here at all", 8) == "no sett…"


def test_of_a_variants_name_the_values_stay():
    assert [fitted_name(name, 24) for name in RATES[:2]] == [
        "ann2-le…-0.0001-de…-1.0",
        "ann2-l…-0.0001-d…-0.9999",
    ]
    assert len({fitted_name(name, 24) for name in RATES}) == 4
    assert fitted_name(RATES[0], 40) == RATES[0]
    assert fitted_name("cnn1", 2) == "…1"
