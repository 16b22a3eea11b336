from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from fashiontui.tui.charts.palette import (
    COLOURS,
    IN_ASCII,
    MARKERS,
    TEST,
    TRAIN,
    VALID,
    colour_of,
    hues,
    looks_of,
    marker_of,
    sign,
)  # fmt: skip

# How colours look to the colour-blind: Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
SIGHTS = {
    "all": np.eye(3),
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1, 1.08883])


def _linear(colour):
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def _lab(linear):
    x, y, z = np.cbrt(TO_XYZ @ np.clip(linear, 0, 1) / WHITE)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _contrast(one, other):
    light, dark = sorted((TO_XYZ[1] @ _linear(colour) for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("sight", SIGHTS)
def test_every_two_colours_differ_for_every_eye(dark, sight):
    seen = [_lab(np.array(SIGHTS[sight]) @ _linear(colour)) for colour in hues(dark=dark)]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 13


@pytest.mark.parametrize(
    ("dark", "grounds"), [(True, ("#121212", "#1e1e1e", "#2b2b2b")), (False, ("#e0e0e0", "#ffffff"))]
)
def test_every_colour_stands_out_from_the_background(dark, grounds):
    assert len(hues(dark=dark)) == COLOURS
    assert min(_contrast(colour, ground) for colour in hues(dark=dark) for ground in grounds) > 3


def test_a_run_keeps_its_look_for_good():
    assert (colour_of("cnn1/20261123-091502-k3f"), marker_of("cnn1/20261123-091502-k3f")) == (7, "■")
    assert looks_of(["a", "b"])[0] == looks_of(["a", "b", "c", "d"])[0]


@pytest.mark.parametrize("count", [1, 2, 5, COLOURS])
def test_runs_shown_together_look_different(count):
    looks = looks_of(f"run-{number}" for number in range(count))
    assert len({look.colour for look in looks}) == len({look.marker for look in looks}) == count


def test_more_runs_than_colours_differ_in_the_pair():
    looks = looks_of(map(str, range(20)))
    assert len(set(looks)) == 20


def test_a_runs_look_does_not_depend_on_those_after_it():
    keys = [f"run-{number}" for number in range(12)]
    assert looks_of(keys)[:5] == looks_of(keys[:5])


def test_who_stays_keeps_its_look_when_others_go_and_come():
    keys = [f"run-{number}" for number in range(COLOURS)]
    kept = dict(zip(keys, looks_of(keys), strict=True))
    assert looks_of(keys[3:], kept) == tuple(kept.values())[3:]
    new = looks_of(["new", *keys[1:]], kept)
    assert new[1:] == tuple(kept.values())[1:]
    assert len(set(new)) == COLOURS


def test_two_that_looked_alike_at_different_times_do_not_together():
    kept = dict.fromkeys(["a", "b"], looks_of(["a"])[0])
    first, second = looks_of(["a", "b"], kept)
    assert first == kept["a"]
    assert second.colour != first.colour


def test_the_usual_curves_look_different():
    assert len({TRAIN, VALID, TEST}) == 3


def test_every_marker_has_a_letter_of_its_own():
    assert len(set(IN_ASCII.values())) == len(MARKERS)
    assert [sign(marker, "ascii") for marker in MARKERS] == list("oA#x%$+D&v")
    assert sign("★", "ascii") == "*"
    assert sign("▲", "braille") == "▲"
