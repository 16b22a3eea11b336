from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import numpy as np
import pytest
from rich.cells import cell_len

from fashiontui.tui.charts import extent
from fashiontui.tui.charts.cells import ALERT, Tone
from fashiontui.tui.charts.curves import Curve, Mark
from fashiontui.tui.charts.notes import note_of
from fashiontui.tui.charts.palette import MARKERS
from fashiontui.tui.charts.plot import Scene, draw
from fashiontui.tui.charts.view import ChartView

X = np.arange(51.0)
FALL = 2 * np.exp(-X / 6) + 0.1
RISE = 0.9 - 0.4 * np.exp(-X / 6)
HOSTILE = ["[bold red]x[/]", "\x1b[2J", "面白い" * 30, "مرحبا", "x" * 200, "", "\u202eevil", "a\nb"]


def curve(ys=FALL, name="train", number=0, xs=X, **more):
    return Curve(
        name,
        np.asarray(xs, float),
        np.asarray(ys, float),
        number % 8,
        MARKERS[number % 10],
        **{"x": "epoch", **more},
    )


def scene(*curves, **more):
    return Scene(curves, **{"view": ChartView(smoothing=0), "zone": UTC, **more})


def text(*curves, size=(50, 10), **more):
    return draw(scene(*curves, **more), *size).sheet.text()


SMALL = """\
● train 0.1005  ▲ valid 0.8999
     │
    2┤⢣
     │ ⢣
     │  ⠑⢄
    1┤   ⢀⣑⣄⣀⠤⠤⠤⠤⠤⠤⠤⠤⠔⠒⠒⠒⠒⠒⠒▲⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒▲
     │▲⠊⠉⠁  ⠈⠑⠢⠤⣀●
    0┤            ⠉⠉⠑⠒⠒⠒⠒⠒⠢⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤●⠤⠤⠤⠤⠤⠤⠤⠤⠤●
     └┬───────┬────────┬────────┬────────┬── epoch
      0      10       20       30       40      50
"""


def test_a_small_chart():
    lines = text(curve(), curve(RISE, "valid", 1)).splitlines()
    assert [line.rstrip() for line in lines] == SMALL.splitlines()


@pytest.mark.parametrize("charset", ["braille", "block", "ascii"])
@pytest.mark.parametrize(
    "size", [(50, 10), (80, 24), (190, 50), (30, 6), (20, 5), (12, 3), (3, 1), (1, 1), (0, 0)]
)
def test_any_size_is_filled_exactly(size, charset):
    view = ChartView(smoothing=0, cursor=27.0)
    many = [curve(FALL * (1 + number / 9), f"run {number}", number) for number in range(12)]
    for shown in (view, replace(view, cursor=None), replace(view, log_y=True, clip_outliers=True)):
        sheet = draw(scene(*many, view=shown, charset=charset, marks=(Mark(14, "best 14"),)), *size).sheet
        assert (sheet.width, sheet.height) == size
        for row in sheet.glyphs:
            assert cell_len("".join(row)) == size[0]
        if charset == "ascii":
            assert sheet.text().replace("…", "").isascii()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("size", [(50, 10), (120, 20)])
def test_hostile_names_break_nothing(name, size):
    view = ChartView(smoothing=0, cursor=20.0)
    curves = [
        curve(number=0, name=name),
        curve(RISE, name=name, number=1),
        curve(RISE, name="third", number=2),
    ]
    for shown in (view, replace(view, cursor=None)):
        sheet = draw(scene(*curves, view=shown, marks=(Mark(10, name),)), *size).sheet
        assert "\x1b" not in sheet.text()
        assert all(cell_len("".join(row)) == size[0] for row in sheet.glyphs)


def test_without_points_it_says_so():
    assert "no points yet" in text()
    assert "no points yet" in text(curve([], xs=[]))
    assert "waits for its first epoch" in text(nothing="waits for its first epoch")


def test_only_nan_is_an_empty_chart_with_marks():
    drawing = draw(scene(curve(np.full(51, np.nan))), 50, 10)
    assert "×" in drawing.sheet.text()
    assert "NaN" in note_of(scene(curve(np.full(51, np.nan))).curves, ChartView())


def test_a_gap_is_marked_on_the_axis():
    ys = FALL.copy()
    ys[20:30] = np.nan
    drawing = draw(scene(curve(ys)), 60, 12)
    row = drawing.area.top + drawing.area.grid.rows
    marked = [x for x in range(60) if drawing.sheet.glyphs[row][x] == "×"]
    assert marked[0] == drawing.area.column(20.0)
    assert marked[-1] == drawing.area.column(29.0)
    assert {drawing.sheet.inks[row][x] for x in marked} == {ALERT}
    inside = range(marked[0], marked[-1] + 1)
    assert all(drawing.sheet.glyphs[y][x] == " " for x in inside for y in range(row))


def test_one_curve_has_no_legend_and_several_have_one():
    assert "train" not in text(curve())
    assert "● train" in text(curve(), curve(RISE, "valid", 1))


def test_many_curves_have_a_column_where_there_is_room():
    many = [curve(FALL * (1 + number), f"run {number}", number) for number in range(9)]
    wide = text(*many, size=(120, 20)).splitlines()
    assert [line.split("│")[-1].strip().split()[-2:-1] for line in wide[2:4]] == [
        ["0"],
        ["1"],
    ] or "run 0" in wide[1] + wide[2]
    narrow = text(*many, size=(50, 10)).splitlines()[0]
    assert narrow.endswith("more".ljust(len(narrow) - narrow.rindex("more")))


def test_the_cursor_tells_every_value_at_its_x():
    sparse = curve([5.0, 6, 7], "valid", 1, xs=[10.0, 20, 30])
    view = ChartView(smoothing=0, cursor=27.0)
    found = text(curve(), sparse, view=view, size=(60, 12))
    assert "epoch 27" in found
    assert f"train {FALL[27]:.4f}" in found
    assert "valid 6 @20" in found  # the nearest point before, and where that is
    assert "│" in found


def test_a_curve_that_has_not_begun_at_the_cursor_has_no_value():
    late = curve([5.0, 6], "late", 1, xs=[40.0, 50])
    assert "late -" in text(curve(), late, view=ChartView(smoothing=0, cursor=10.0), size=(60, 12))


def test_where_the_line_has_no_room_for_all_the_cursor_has_a_box():
    many = [curve(FALL * (1 + number), f"run number {number}", number) for number in range(5)]
    found = text(*many, view=ChartView(smoothing=0, cursor=5.0), size=(50, 12))
    assert all(f"run number {number}" in found for number in range(5))
    left = draw(scene(*many, view=ChartView(smoothing=0, cursor=45.0)), 50, 12).sheet.text().splitlines()[3]
    right = found.splitlines()[3]
    assert left.index("run") < 25 < right.index("run")


def test_a_value_is_what_was_logged_and_has_the_smoothed_one_beside_it():
    raw = curve(FALL, dim=True)
    smoothed = curve(FALL + 0.01, smoothing=0.6)
    found = text(raw, smoothed, view=ChartView(cursor=27.0), size=(60, 12))
    assert "smooth" in found
    assert found.index(f"{FALL[27]:.4f}") < found.index(f"{FALL[27] + 0.01:.4f}")


def test_where_there_is_little_room_a_legend_says_what_was_logged_and_where():
    """Not what a curve is smoothed to, and not that a run that has ended goes on."""
    curves = []
    for n, name in enumerate(("network-one", "network-two", "network-three", "network-four")):
        xs = np.arange(10.0 + n)
        curves += [
            Curve(name, xs, xs / 7 + n, n, "●", dim=True, x="epoch"),
            Curve(name, xs, xs / 9 + n, n, "●", smoothing=0.6, x="epoch"),
        ]
    for width in (60, 74, 90):
        found = text(*curves, view=ChartView(cursor=12.0), size=(width, 14))
        assert f"{9 / 7:.4f}" in found
        assert "@9" in found
    assert f"{9 / 9:.4f}" not in text(*curves, view=ChartView(cursor=12.0), size=(74, 14))
    without = text(*curves, size=(90, 14))
    assert f"{9 / 7:.4f}" in without


def test_dim_curves_are_hidden_by_others_and_drawn_pale():
    drawing = draw(scene(curve(np.full(51, 1.0), dim=True), curve(np.full(51, 1.0), smoothing=0.5)), 50, 10)
    tones = {ink.tone for row in drawing.sheet.inks for ink in row}
    assert Tone.CURVE in tones
    assert Tone.PALE not in tones
    drawing = draw(scene(curve(np.full(51, 0.0), dim=True), curve(np.full(51, 1.0), smoothing=0.5)), 50, 10)
    assert Tone.PALE in {ink.tone for row in drawing.sheet.inks for ink in row}


def test_curves_in_one_place_take_turns():
    drawing = draw(scene(curve(number=0, name="a"), curve(number=1, name="b")), 80, 12)
    levels = {ink.level for row in drawing.sheet.inks for ink in row if ink.tone is Tone.CURVE}
    assert levels == {0, 1}
    bottom = [ink.level for ink in drawing.sheet.inks[drawing.area.row(FALL[30])] if ink.tone is Tone.CURVE]
    assert 0.3 < sum(bottom) / len(bottom) < 0.7


def test_every_curve_has_its_marker_on_it():
    found = text(curve(), curve(RISE, "valid", 1), size=(120, 20))
    assert found.count("●") > 3
    assert found.count("▲") > 3


def test_in_ascii_a_curve_is_made_of_its_letter():
    found = text(curve(), curve(RISE, "valid", 1), size=(60, 12), charset="ascii")
    assert found.count("o") > 20
    assert found.count("A") > 20


def test_a_mark_is_a_line_with_its_words():
    drawing = draw(scene(curve(), marks=(Mark(14.0, "best 14"), Mark(99.0, "off"))), 60, 12)
    column = drawing.area.column(14.0)
    assert [row[column] for row in drawing.sheet.glyphs].count("┊") > 5
    assert "best 14" in drawing.sheet.text()
    assert "off" not in drawing.sheet.text()


def test_clipped_outliers_are_pointed_at():
    ys = np.ones(51)
    ys[20] = 1000
    ys[:3] = -50
    view = ChartView(smoothing=0, clip_outliers=True)
    drawing = draw(scene(curve(ys + np.sin(X) / 10), view=view), 60, 12)
    assert drawing.y.high < 1000
    assert "↑" in drawing.sheet.text()
    assert "outliers clipped" in note_of((curve(ys),), view)


def test_the_window_is_all_there_is():
    view = ChartView(smoothing=0, window=(10.0, 20.0))
    drawing = draw(scene(curve(), view=view), 60, 12)
    assert drawing.x.span == (10, 20)
    assert drawing.y.high < 1  # fitted to what is in view


def test_axes_stay_when_a_curve_goes_on():
    drawing = draw(scene(curve(FALL[:31], xs=X[:31])), 80, 16)
    assert drawing.x.span == (0, 30)
    later = draw(scene(curve(FALL[:32], xs=X[:32])), 80, 16, drawing)
    assert later.x.span == (0, 35)
    for end in range(33, 36):
        now = draw(scene(curve(FALL[:end], xs=X[:end])), 80, 16, later)
        assert (now.x, now.y) == (later.x, later.y)
        changed = now.sheet.changed(later.sheet)
        assert sum(end - start for _, start, end in changed) < 20
        later = now


def test_a_band_is_behind_its_curve():
    band = curve(RISE, "mean", 2, lows=RISE - 0.1, highs=RISE + 0.1)
    drawing = draw(scene(band), 60, 16)
    tinted = {(ink.tone, ink.tint) for row in drawing.sheet.inks for ink in row if ink.tint >= 0}
    assert (Tone.CURVE, 2) in tinted
    assert (Tone.PALE, 2) in tinted
    plain = draw(scene(band, charset="ascii", tinted=False), 60, 16).sheet
    assert ":" in plain.text()
    assert not any(ink.tint >= 0 for row in plain.inks for ink in row)


def test_few_points_are_markers_with_names():
    spots = [
        Curve(name, np.array([x]), np.array([y]), number, MARKERS[number], x="relative", joined=False)
        for number, (name, x, y) in enumerate(
            [("lr", 41.0, 0.846), ("cnn1", 542.0, 0.9257), ("cnn2", 880.0, 0.9318)]
        )
    ]
    found = text(*spots, size=(60, 14), x_name="training time")
    for name, marker in (("lr", "●"), ("cnn1", "▲"), ("cnn2", "■")):
        assert name in found
        assert found.count(marker) == 1
    assert "training time" in found
    assert "15m" in found


def test_a_crowd_of_points_is_dots_in_the_colour_of_most():
    rng = np.random.default_rng(0)
    few = Curve("few", rng.normal(0, 1, 200), rng.normal(0, 1, 200), 0, "●", x="value", joined=False)
    most = Curve("most", rng.normal(0, 1, 3000), rng.normal(0, 1, 3000), 1, "▲", x="value", joined=False)
    drawing = draw(scene(most, few), 60, 20)
    middle = drawing.sheet.inks[drawing.area.row(0.9)]
    levels = [ink.level for ink in middle if ink.tone is Tone.CURVE]
    assert np.mean(levels) > 0.9
    assert "▲ most" in drawing.sheet.text()


@pytest.mark.parametrize("kind", ["step", "epoch", "relative", "wall", "value"])
def test_every_kind_of_x_has_an_axis_and_a_cursor(kind):
    xs = X + (1.8e9 if kind == "wall" else 0)
    found = draw(scene(curve(xs=xs, x=kind), view=ChartView(smoothing=0, cursor=xs[20])), 60, 12)
    assert found.area.column(xs[20]) is not None
    name = {"relative": "relative time", "wall": "wall time", "value": ""}.get(kind, kind)
    assert name in found.sheet.text()


def test_the_note_says_what_is_done_to_the_values():
    raw, smoothed = curve(dim=True), curve(smoothing=0.6)
    assert note_of((raw, smoothed), ChartView()) == "smooth 0.6 · raw dim"
    assert note_of((curve(),), ChartView(smoothing=0.6)) == ""  # not smoothed, whatever is wanted
    view = ChartView(log_y=True, log_x=True, clip_outliers=True, window=(0, 1))
    assert note_of((curve(),), view) == "log x · log · outliers clipped · zoomed"
    assert note_of((curve(FALL - 1),), ChartView(log_y=True)) == "log · ≤ 0 hidden"


def test_runs_of_one_name_are_told_apart():
    found = text(curve(FALL, "seed", 0), curve(RISE, "seed", 1), size=(60, 12))
    assert f"● seed {FALL[-1]:.4f}" in found
    assert f"▲ seed {RISE[-1]:.4f}" in found


def test_a_curve_that_ended_before_the_cursor_is_marked_where_it_ended():
    ended = curve([5.0, 5.0], "short", 1, xs=[0.0, 10.0])
    drawing = draw(scene(curve(), ended, view=ChartView(smoothing=0, cursor=40.0)), 60, 12)
    marked = {drawing.area.column(x): x for x in (10.0, 40.0)}
    spots = [x for row in drawing.sheet.glyphs[1:] for x, glyph in enumerate(row) if glyph == "▲"]
    assert {marked.get(x) for x in spots} <= {10.0, None}
    assert drawing.area.column(40.0) not in spots


def test_a_run_that_diverged_is_an_outlier_among_others():
    usual = [curve(0.5 + FALL / 10 + 0.02 * n, name=str(n)) for n in range(4)]
    diverged = curve(np.linspace(7, 9, 51), name="diverged")
    view = ChartView(smoothing=0, clip_outliers=True)
    assert extent.up((*usual, diverged), ChartView(smoothing=0))[1] == 9
    low, high = extent.up((*usual, diverged), view)
    assert high == extent.up(usual, view)[1] < 2
    assert low == extent.up(usual, view)[0]
    assert extent.up((*usual, diverged), replace(view, log_y=True))[1] == high
    assert extent.up((usual[0], diverged), view)[1] > 8  # of two, none is the odd one out
    same = [curve(np.ones(51), name=str(n)) for n in range(4)]
    assert extent.up(same, view) == (1, 1)
    flat = [curve(np.full(51, rate), name=str(rate)) for rate in (0.001, 0.01, 0.1)]
    assert extent.up(flat, view) == extent.up(flat, replace(view, log_y=True)) == (0.001, 0.1)


def test_a_view_between_two_points_has_the_range_of_the_line_through_it():
    line = Curve("a", np.array([1.0, 2.0]), np.array([15_000.0, 16_000.0]), 0, "●", x="epoch")
    view = ChartView(window=(1.2, 1.4), smoothing=0, clip_outliers=False)
    assert extent.up([line], view) == (15_000, 16_000)
    assert extent.up([replace(line, joined=False)], view) is None
