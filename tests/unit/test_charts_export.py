from __future__ import annotations

import csv
import io
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from fashiontui.tui.charts import export
from fashiontui.tui.charts.curves import Curve, Mark
from fashiontui.tui.charts.page import Line, Words
from fashiontui.tui.charts.plot import Scene
from fashiontui.tui.charts.view import ChartView

HOSTILE = "</svg><script>&\"'\x1b[31m\n[b]面"
X = np.arange(20.0)


def curve(ys=X, name="train", **more):
    return Curve(name, X, np.asarray(ys, float), 0, "●", **{"x": "epoch", **more})


def table(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_csv_has_every_point_raw_and_smoothed(tmp_path):
    path = tmp_path / "view.csv"
    curves = (curve(dim=True), curve(X / 2, smoothing=0.6))
    export.write_csv(curves, ChartView(), path)
    rows = table(path)
    assert len(rows) == 40
    assert rows[3] == {
        "of": "", "curve": "train", "values": "raw", "over": "epoch", "x": "3", "value": "3.0", "low": "", "high": "", "label": "",
    }  # fmt: skip
    assert (rows[23]["values"], rows[23]["value"]) == ("smooth 0.6", "1.5")


def test_csv_says_what_its_curves_are_of(tmp_path):
    path = tmp_path / "view.csv"
    export.write_csv((curve(),), ChartView(), path, "cnn1 20261123-091502-k3f")
    assert {row["of"] for row in table(path)} == {"cnn1 20261123-091502-k3f"}


def test_on_a_page_no_two_classes_look_alike():
    """There are ten of them, and eight colours."""
    spots = [
        Curve(str(n), np.array([n]), np.array([n]), n % 8, marker, x="value", joined=False)
        for n, marker in enumerate("●▲■◆▼○△□◇▽")
    ]
    lines = [Curve(spot.name, X, X + n, n % 8, spot.marker, x="epoch") for n, spot in enumerate(spots)]
    for curves in (spots, lines):
        root = ET.fromstring(export.svg(export.page(Scene(tuple(curves)), "loss")))
        signs = [
            (item.tag[-8:], item.get("fill"), item.get("stroke"), len(item.get("points").split()))
            for item in [*root.findall(".//{*}polygon"), *root.findall(".//{*}polyline")]
            if not item.get("clip-path") and item.get("stroke-width") != "2"
        ]
        assert len(signs) == len(set(signs)) == 10


def test_what_marks_a_place_is_said_on_the_page():
    """Also at its right end, where there is no room beside the line."""
    for at in (0.0, 9.0, 19.0):
        scene = Scene((curve(),), ChartView(window=(0, 19)), marks=(Mark(at, "best"),))
        root = ET.fromstring(export.svg(export.page(scene, "loss")))
        (said,) = [text for text in root.findall(".//{*}text") if text.text == "best"]
        line = next(item for item in root.findall(".//{*}polyline") if item.get("stroke-dasharray"))
        end = float(line.get("points").split(",")[0])
        to_the_left = said.get("text-anchor") == "end"
        assert to_the_left == (at == 19)
        assert (float(said.get("x")) < end) == to_the_left


def test_csv_has_what_is_in_view(tmp_path):
    path = tmp_path / "view.csv"
    export.write_csv((curve(),), ChartView(window=(5, 7.5)), path)
    assert [row["x"] for row in table(path)] == ["5", "6", "7"]


def test_csv_keeps_gaps_bands_labels_and_names(tmp_path):
    path = tmp_path / "view.csv"
    ys = X.copy()
    ys[2] = np.nan
    band = curve(ys, HOSTILE, lows=X - 1, highs=X + 1, labels=tuple(f'p{i}, "x"' for i in range(20)))
    export.write_csv((band,), ChartView(), path)
    row = table(path)[2]
    assert row["curve"] == "</svg><script>&\"'\\x1b[31m\\n[b]面"
    assert (row["value"], row["low"], row["high"], row["label"]) == ("nan", "1.0", "3.0", 'p2, "x"')


def scenes():
    gap = X.copy()
    gap[5:8] = np.nan
    spot = Curve("spot", np.array([3.0]), np.array([4.0]), 1, "▲", x="epoch", joined=False)
    yield Scene()
    yield Scene(
        (curve(gap, HOSTILE, dim=True), curve(gap, HOSTILE, smoothing=0.6)), marks=(Mark(3, HOSTILE),)
    )
    yield Scene(
        (curve(X + 1), curve(X * 2 + 1, "b", lows=X, highs=X * 3 + 1)), ChartView(log_y=True, window=(3, 9))
    )
    yield Scene((spot, curve()), x_name=HOSTILE)
    yield Scene(tuple(curve(X * n, f"run {n}") for n in range(30)))
    yield Scene((curve(np.full(20, np.nan)),))


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("scene", scenes())
def test_svg_is_well_formed_whatever_the_names(scene, dark, tmp_path):
    path = tmp_path / "view.svg"
    export.write_svg(scene, HOSTILE, path, dark=dark)
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not root.findall(".//{*}script")
    numbers = [part for item in root.iter() for part in item.get("points", "").replace(",", " ").split()]
    assert all(np.isfinite(float(number)) for number in numbers)


def test_svg_parts_a_line_at_a_gap_and_says_what_is_smoothed():
    gap = X.copy()
    gap[5:8] = np.nan
    root = ET.fromstring(export.svg(export.page(Scene((curve(gap, smoothing=0.6),)), "loss")))
    lines = [item for item in root.findall(".//{*}polyline") if item.get("stroke-width") == "2"]
    assert [len(line.get("points").split()) for line in lines] == [5, 12]
    assert "smooth 0.6 · × NaN" in [item.text for item in root.findall(".//{*}text")]


@pytest.mark.parametrize("scene", scenes())
def test_png_is_a_picture(scene, tmp_path):
    path = tmp_path / "view.png"
    export.write_png(scene, "loss", path)
    with Image.open(path) as picture:
        assert picture.size == (1920, 1080 if len(scene.curves) < 30 else 1240)
        assert picture.getpixel((0, 0)) == (255, 255, 255)
        assert len(picture.convert("RGB").getcolors(1_000_000)) > 3


def test_nothing_of_a_curve_leaves_the_plot(tmp_path):
    scene = Scene((curve(X * 100),), ChartView(window=(5, 6)))
    page = export.page(scene, "loss")
    export.write_png(scene, "loss", tmp_path / "view.png")
    with Image.open(tmp_path / "view.png") as picture:
        left = round(page.plot[0]) * 2
        colours = {picture.getpixel((left - 6, y)) for y in range(200, 1000)}
    assert (4, 102, 171) not in colours


@pytest.mark.parametrize("count", [2, 18, 67, 300])
def test_a_long_legend_leaves_the_plot_its_room(count, tmp_path):
    scene = Scene(tuple(curve(X * n, f"run {n}") for n in range(count)))
    drawn = export.page(scene, "loss")
    _, top, _, bottom = drawn.plot
    assert bottom - top > 300
    names = [item for item in drawn.items if isinstance(item, Words) and item.text.startswith("run ")]
    assert len(names) == count
    assert all(name.y < top for name in names)
    export.write_png(scene, "loss", tmp_path / "view.png")


def test_a_part_of_a_long_curve_is_drawn_point_by_point():
    xs = np.arange(200_000.0)
    scene = Scene(
        (Curve("loss", xs, np.sin(xs / 20), 0, "●", x="step"),), ChartView(window=(1000, 1400), smoothing=0)
    )
    drawn = export.page(scene, "loss")
    (line,) = [item for item in drawn.items if isinstance(item, Line) and item.width == 2]
    assert len(line.points) == 401 + 2  # it goes on out of view
    assert line.points[0][0] < drawn.plot[0] < line.points[1][0] + 1e-6
