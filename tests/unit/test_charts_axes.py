from __future__ import annotations

from datetime import UTC, timedelta, timezone

import numpy as np
import pytest

from fashiontui.tui.charts import numbers, ticks
from fashiontui.tui.charts.axis import Axis, settled


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.9331, "0.9331"), (0, "0.0000"), (2.10512, "2.1051"), (12.3456, "12.35"), (123.456, "123.5"), (99999.4, "99999"),
     (5, "5"), (-5, "-5"), (1234567, "1.235e+06"), (0.00012, "1.200e-04"), (-0.5, "-0.5000"), (float("nan"), "NaN"),
     (float("inf"), "inf"), (float("-inf"), "-inf")],
)  # fmt: skip
def test_values_in_a_table(value, text):
    assert numbers.exact(value) == text
    assert len(numbers.exact(value)) <= 10


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (45, "45s"), (0.25, "0.25s"), (60, "1m"), (200, "3m 20s"), (3600, "1h"), (7500, "2h 5m"),
     (86400 * 3 + 4 * 3600, "3d 4h"), (-90, "-1m 30s")],
)  # fmt: skip
def test_durations(seconds, text):
    assert numbers.duration(seconds) == text


@pytest.mark.parametrize(
    ("x", "kind", "text"),
    [(27, "epoch", "epoch 27"), (26.45, "epoch", "epoch 26.45"), (13400, "step", "step 13400"), (200, "relative", "3m 20s"),
     (3.14159, "relative", "3.1s"), (0.5, "value", "0.5000"), (1795427702, "wall", "23 Nov 09:15:02")],
)  # fmt: skip
def test_where_the_cursor_is(x, kind, text):
    assert (
        numbers.at(x, kind, timezone(timedelta(seconds=-(1795427702 - 1795425302)))) == text or kind == "wall"
    )
    if kind == "wall":
        assert numbers.at(x, kind, UTC).count(":") == 2


def test_a_moment_no_clock_can_show():
    assert numbers.moment(1e30, UTC) == "1e+30s"


@pytest.mark.parametrize(
    ("span", "count", "labels"),
    [
        ((0, 1), 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ((0.62, 0.93), 4, ["0.7", "0.8", "0.9"]),
        ((-1, 1), 4, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
        ((0, 250000), 5, ["0", "50000", "100000", "150000", "200000", "250000"]),
        ((0, 5e6), 5, ["0", "1e6", "2e6", "3e6", "4e6", "5e6"]),
        ((0, 3e-6), 3, ["0", "1e-6", "2e-6", "3e-6"]),
        ((1e-4, 2e-4), 2, ["1.0e-4", "1.5e-4", "2.0e-4"]),
    ],
)
def test_ticks_of_values(span, count, labels):
    assert [tick.label for tick in ticks.linear(span, count)] == labels


@pytest.mark.parametrize(
    ("span", "kind", "count", "labels"),
    [
        ((0, 50), "epoch", 5, ["0", "10", "20", "30", "40", "50"]),
        ((0, 3), "epoch", 10, ["0", "1", "2", "3"]),
        ((0, 28000), "step", 6, ["0", "5k", "10k", "15k", "20k", "25k"]),
        ((0, 2_500_000), "step", 5, ["0", "500k", "1M", "1.5M", "2M", "2.5M"]),
        ((0, 600), "relative", 5, ["0s", "2m", "4m", "6m", "8m", "10m"]),
        ((0, 5400), "relative", 3, ["0s", "30m", "1h", "1h 30m"]),
        ((0, 0.5), "relative", 5, ["0s", "0.1s", "0.2s", "0.3s", "0.4s", "0.5s"]),
        ((1_800_000_000, 1_800_003_600), "wall", 4, ["08:00", "08:15", "08:30", "08:45", "09:00"]),
        ((1_800_000_000, 1_800_400_000), "wall", 5, ["16 Jan", "17 Jan", "18 Jan", "19 Jan"]),
    ],
)
def test_ticks_of_steps_and_times(span, kind, count, labels):
    assert [tick.label for tick in ticks.linear(span, count, kind, UTC)] == labels


def test_ticks_on_a_clock_are_round_where_it_is_read():
    india = timezone(timedelta(hours=5, minutes=30))
    found = ticks.linear((1_800_000_000, 1_800_000_000 + 6 * 3600), 3, "wall", india)
    assert [tick.label for tick in found] == ["14:00", "16:00", "18:00"]


@pytest.mark.parametrize(
    ("span", "count", "labels"),
    [
        ((0.001, 10), 5, ["0.001", "0.01", "0.1", "1", "10"]),
        ((1e-8, 1), 4, ["1e-8", "1e-6", "1e-4", "0.01", "1"]),
        ((0.1, 2), 5, ["0.1", "0.2", "0.5", "1", "2"]),
        ((0.1, 2), 3, ["0.1", "0.3", "1"]),
        ((0.6, 0.9), 4, ["0.6", "0.7", "0.8", "0.9"]),
    ],
)
def test_ticks_of_powers(span, count, labels):
    assert [tick.label for tick in ticks.powers(span, count)] == labels


@pytest.mark.parametrize("seed", range(200))
def test_whatever_the_values_ticks_are_in_order_within_bounds_and_told_apart(seed):
    rng = np.random.default_rng(seed)
    low = float(rng.normal() * 10.0 ** rng.integers(-12, 12))
    high = low + float(abs(rng.normal()) * 10.0 ** rng.integers(-12, 12))
    for kind in ("value", "epoch", "step", "relative", "wall"):
        bounds = ticks.rounded(low, high, 5, kind)
        slack = 1e-8 * (bounds[1] - bounds[0])
        assert bounds[0] - slack <= low <= high <= bounds[1] + slack
        found = ticks.linear(bounds, 5, kind, UTC)
        values = [tick.value for tick in found]
        assert len(found) <= 8
        assert values == sorted(set(values))
        if kind not in ("wall", "relative"):
            assert len({tick.label for tick in found}) == len(found)
    if low > 0:
        bounds = ticks.rounded_powers(low, high)
        assert bounds[0] <= low * (1 + 1e-8)
        assert high <= bounds[1] * (1 + 1e-8)
        assert 0 < len(ticks.powers(bounds, 5)) <= 9


@pytest.mark.parametrize(
    "values", [(0, 0), (5, 5), (-3, -3), (1e308, 1.5e308), (-1e308, 1e308), (5e-324, 5e-324), (1e20, 1e20)]
)
def test_any_finite_values_have_an_axis(values):
    axis = settled(None, values, 5, log=False, kind="value").with_ticks(5)
    assert axis.low < axis.high
    assert np.isfinite(axis.shares(np.array([0.0, *values]))).all()


@pytest.mark.parametrize("values", [(5e-324, 1e-300), (1e300, 1.7e308), (1, 1), (1e-10, 1e10)])
def test_any_values_above_zero_have_a_logarithmic_axis(values):
    axis = settled(None, values, 5, log=True, kind="value").with_ticks(5)
    assert 0 < axis.low < axis.high < np.inf
    assert np.isfinite(axis.shares(np.array(values))).all()


def test_bounds_stay_until_values_leave_them():
    axis = settled(None, (0.0, 31.0), 5, log=False, kind="epoch")
    assert axis.span == (0, 35)
    assert settled(axis, (0.0, 35.0), 5, log=False, kind="epoch") is axis
    assert settled(axis, (0.0, 36.0), 5, log=False, kind="epoch").span == (0, 40)


def test_bounds_go_when_values_fill_little_of_them():
    axis = settled(None, (0.0, 100.0), 5, log=False, kind="value")
    assert settled(axis, (10.0, 60.0), 5, log=False, kind="value") is axis
    assert settled(axis, (10.0, 20.0), 5, log=False, kind="value").span == (10, 20)


def test_a_growing_run_changes_its_axis_now_and_then():
    axis, changes = None, 0
    for step in range(1, 10_000, 7):
        now = settled(axis, (1.0, float(step)), 8, log=False, kind="step")
        changes += now is not axis
        axis = now
    assert changes < 80


def test_another_scale_or_x_is_another_axis():
    axis = settled(None, (1.0, 10.0), 5, log=False, kind="value")
    assert settled(axis, (1.0, 10.0), 5, log=True, kind="value").log
    assert settled(axis, None, 5, log=False, kind="value") is axis
    assert settled(axis, None, 5, log=True, kind="value").span == (0.1, 1)
    assert settled(None, None, 5, log=False, kind="step").span == (0, 1)


def test_a_logarithmic_axis_hides_what_is_not_above_zero():
    shares = Axis(0.1, 10, log=True).shares(np.array([0.1, 1, 10, 0, -1, np.nan, np.inf]))
    assert shares[:3].tolist() == [0, 0.5, 1]
    assert np.isnan(shares[3:]).all()
    assert Axis(0.1, 10, log=True).value(0.5) == pytest.approx(1)
    assert Axis(0, 10).value(0.25) == 2.5


def test_a_narrow_logarithmic_axis_has_narrow_bounds():
    """Accuracies between 0.74 and 0.82 would fill a third of one from 0.5 to 1."""
    axis = settled(None, (0.74, 0.82), 5, log=True, kind="value")
    assert axis.log
    assert 0.7 <= axis.low <= 0.74
    assert 0.82 <= axis.high <= 0.85
    assert len(axis.with_ticks(5).ticks) > 2
    flat = settled(None, (0.5, 0.5), 5, log=True, kind="value")
    assert 0.4 < flat.low < 0.5 < flat.high < 0.6
    wide = settled(None, (0.004, 0.9), 5, log=True, kind="value")
    assert (wide.low, wide.high) == (0.002, 1.0)


def test_logarithmic_times_keep_their_units():
    assert [tick.label for tick in ticks.powers((0.05, 20), 6, "relative")] == ["0.1s", "1s", "10s"]
    assert [tick.label for tick in ticks.powers((2, 4000), 6, "relative")] == ["10s", "1m", "10m", "1h"]
    assert [tick.label for tick in ticks.powers((30, 45), 4, "relative")] == ["30s", "35s", "40s", "45s"]
    assert len(ticks.powers((1e-9, 1e12), 6, "relative")) <= 7


@pytest.mark.parametrize("span", [0.0, 0.5, 8.0])
def test_a_moment_on_a_clock_has_seconds_around_it(span):
    """Not a tenth of the time since 1970."""
    axis = settled(None, (1.79e9, 1.79e9 + span), 8, log=False, kind="wall")
    assert axis.low < 1.79e9 <= 1.79e9 + span < axis.high
    assert 10 <= axis.high - axis.low <= 20
    labels = [tick.label for tick in axis.with_ticks(8, UTC).ticks]
    assert len(labels) == len(set(labels)) > 2
