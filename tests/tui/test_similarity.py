"""The compare screen's view of how alike layers are."""

from __future__ import annotations

import numpy as np
import pytest
from support.cli import project
from support.event_logs import scalar, version, write_events
from support.pilot import LARGE, MEDIUM, SMALL, drive, options, shown, until
from support.represented import keep
from support.trained import trained_run

from fashiontui.runs.paths import RunPaths
from fashiontui.runs.representations import representations_path
from fashiontui.runs.state import RunState
from fashiontui.tui.screens.compare import CompareScreen
from fashiontui.tui.widgets.likeness import Likeness
from fashiontui.tui.widgets.side_by_side import ComparisonTable
from fashiontui.tui.widgets.similarity_matrix import SimilarityMatrix

ANN, CNN, OLD = "ann1/20261123-091501-p7q", "cnn1/20261123-091502-k3f", "old/20261123-091503-z1z"
DEEP = (*(f"block{number // 2}.conv{number}" for number in range(1, 16)), "output")


@pytest.fixture
def folder(tmp_path):
    project(tmp_path)
    keep(made(tmp_path, ANN), seed=1, layers=("fc1", "output"), best_epoch=1)
    keep(made(tmp_path, CNN), seed=2, layers=("conv1", "fc1", "output"))
    made(tmp_path, OLD)
    return tmp_path


def made(folder, key, **changes):
    experiment, _, run_id = key.partition("/")
    return trained_run(folder / "logs", experiment, run_id, epochs=3, **changes).root


def looking(folder, act, keys=(ANN, CNN, OLD), size=MEDIUM, **changes):
    """Compare these runs, and act once something is said of the first two."""

    async def run(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        app.open_compare(keys)
        await until(pilot, lambda: isinstance(app.screen, CompareScreen))
        await until(pilot, lambda: set(app.screen.views) == set(keys))
        await pilot.press("R")
        assert app.focused is app.screen.query_one(Likeness)
        await until(pilot, lambda: told(app))
        await act(app, pilot)

    return drive(options(folder, **changes), run, size)


def told(app):
    """Whether something is said of the two runs."""
    return app.screen.query_one(Likeness)._found is not None


def matrix(app):
    return app.screen.query_one(SimilarityMatrix).matrix


def words(app, part):
    return str(app.screen.query_one(f"#likeness-{part}").content)


def title(app):
    return str(app.screen.query_one(Likeness).border_title)


def corner(app):
    return matrix(app).corner if matrix(app) is not None else ""


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
def test_layers_of_two_runs(folder, size):
    async def act(app, pilot):
        assert title(app) == "how alike layers are: ann1 epoch 1 (rows), cnn1 epoch 2 (columns)"
        assert matrix(app).rows == ("fc1", "output")
        assert matrix(app).columns == ("conv1", "fc1", "output")
        assert matrix(app).best == (2, 2)
        assert words(app, "meaning").startswith(
            "CKA on 24 validation images: 1 same up to rotation and scale, 0"
        )
        (row,) = [
            line
            for line in shown(app).split("\n")
            if "fc1 " in line and line.count("▲") == 1 and ":" not in line
        ]
        value = matrix(app).values[0, 2]
        assert f"{value:.2f}".removeprefix("0") + "▲" in row

    looking(folder, act, size=size)


def test_the_cell_under_the_cursor_is_told(folder):
    async def act(app, pilot):
        assert words(app, "cell").startswith("fc1 and conv1: ")
        await pilot.press("down", "right")
        assert words(app, "cell").startswith("output and fc1: ")
        await pilot.press("end", "right", "right", "right")
        assert words(app, "cell").endswith(", the nearest")
        await pilot.press("home")
        assert words(app, "cell").startswith("fc1 and output: ")

    looking(folder, act)


def test_through_the_other_runs_to_itself(folder):
    async def act(app, pilot):
        likeness = app.screen.query_one(Likeness)
        assert "(1/3)" in str(likeness.border_subtitle)
        await pilot.press("v")
        await until(pilot, lambda: told(app))
        assert matrix(app) is None
        assert "old has kept nothing" in words(app, "none")
        assert "v another run" in words(app, "none")
        await pilot.press("v")
        await until(pilot, lambda: "with itself" in title(app))
        assert matrix(app).rows == matrix(app).columns == ("fc1", "output")
        np.testing.assert_allclose(np.diag(matrix(app).values), 1)
        assert matrix(app).best == (1, 0)
        await pilot.press("v")
        await until(pilot, lambda: "cnn1" in title(app))
        await pilot.press("V")
        await until(pilot, lambda: "with itself" in title(app))

    looking(folder, act)


def test_another_baseline_has_the_rows(folder):
    async def act(app, pilot):
        await pilot.press("T", "right")
        assert app.focused is app.screen.query_one(ComparisonTable)
        await pilot.press("P", "R")
        await until(pilot, lambda: title(app).startswith("how alike layers are: cnn1 epoch 2 (rows), ann1"))
        assert matrix(app).rows == ("conv1", "fc1", "output")

    looking(folder, act)


def test_a_layer_between_epochs(folder):
    async def act(app, pilot):
        await pilot.press("down", "e")
        assert title(app) == "ann1: output between epochs"
        assert matrix(app).rows == matrix(app).columns == ("0", "1", "2")
        await pilot.press("right")
        assert words(app, "cell").startswith("output at epoch 1 and at epoch 1: 1.0")
        await pilot.press("v")
        assert title(app) == "ann1: fc1 between epochs"
        await pilot.press("e")
        assert corner(app) == "layer"
        assert app.screen.query_one(SimilarityMatrix).cursor[0] == 0
        await pilot.press("e", "escape")
        assert corner(app) == "layer"
        assert isinstance(app.screen, CompareScreen)

    looking(folder, act)


def test_between_epochs_also_where_the_other_run_has_nothing(folder):
    async def act(app, pilot):
        assert matrix(app) is None
        await pilot.press("e")
        assert title(app) == "ann1: fc1 between epochs"
        assert corner(app) == "epoch"
        await pilot.press("escape")
        assert "old has kept nothing" in words(app, "none")

    looking(folder, act, keys=(ANN, OLD))


def test_the_same_key_brings_the_table_back(folder):
    async def act(app, pilot):
        await pilot.press("R")
        assert app.focused is app.screen.query_one(ComparisonTable)

    looking(folder, act)


def test_a_live_run_is_followed(folder):
    live = "cnn1/20261123-091509-aaa"
    root = made(folder, live, state=RunState.STOPPED)

    async def act(app, pilot):
        assert matrix(app) is None
        keep(root, seed=5, epochs=(0,), best_epoch=None)
        await until(pilot, lambda: "epoch 0 (columns)" in title(app))
        before = matrix(app).values[0, 0]
        keep(root, seed=5, epochs=(0, 1), best_epoch=None)
        await until(pilot, lambda: "epoch 1 (columns)" in title(app))
        assert matrix(app).values[0, 0] > before

    looking(folder, act, keys=(ANN, live))


def test_it_reads_only_while_it_is_seen(folder):
    async def act(app, pilot):
        poller = app.screen.query_one(Likeness)._poller
        assert poller.is_active
        await pilot.press("T")
        await until(pilot, lambda: not poller.is_active)
        await pilot.press("R")
        await until(pilot, lambda: poller.is_active)
        await pilot.press("1")
        await until(pilot, lambda: not poller.is_active)
        await pilot.press("3")
        await until(pilot, lambda: poller.is_active)

    looking(folder, act)


def test_other_images_and_damaged_files_are_told(folder):
    keep(folder / "logs" / OLD, images_sha256="b" * 64)

    async def act(app, pilot):
        await pilot.press("v")
        await until(pilot, lambda: "other images" in words(app, "none"))
        representations_path(RunPaths(folder / "logs" / OLD)).write_bytes(b"no zip")
        await until(pilot, lambda: "holds no representations" in words(app, "none"))

    looking(folder, act)


def test_another_programs_runs(tmp_path):
    for name in ("one", "two"):
        (tmp_path / "logs" / name).mkdir(parents=True)
        write_events(tmp_path / "logs" / name, "1", [version(), scalar(1, "loss", 0.5)])

    async def act(app, pilot):
        assert matrix(app) is None
        assert "another program's run" in words(app, "none")

    looking(tmp_path, act, keys=("one", "two"))


def test_a_deep_network_scrolls(folder):
    deep = "vgg/20261123-091507-ddd"
    keep(made(folder, deep), layers=DEEP)

    async def act(app, pilot):
        await until(pilot, lambda: matrix(app) is not None)
        view = app.screen.query_one(SimilarityMatrix)
        assert len(matrix(app).columns) == 16
        assert any(line.startswith("│ layer") and line.endswith("› │") for line in shown(app).split("\n"))
        await pilot.press(*["right"] * 15)
        assert view.cursor == (0, 15)
        assert view.scroll_offset.x > 0
        row = next(line for line in shown(app).split("\n") if line.startswith("│ layer"))
        assert row.rstrip("│ ").endswith("16")
        assert words(app, "cell").startswith("fc1 and output")

    looking(folder, act, keys=(ANN, deep), size=SMALL)


@pytest.mark.parametrize("charset", ["braille", "ascii"])
def test_numbers_alone_tell(folder, charset, monkeypatch):
    if charset == "braille":
        monkeypatch.setenv("NO_COLOR", "1")

    async def act(app, pilot):
        assert app.no_color is (charset == "braille")
        await pilot.press("down")
        text = shown(app)
        value = f"{matrix(app).values[1, 0]:.2f}".removeprefix("0")
        assert f"[{value}]" in text
        if charset == "ascii":
            assert text.isascii()
            assert "<" in text
            view = app.screen.query_one(SimilarityMatrix)
            assert {segment.style.bgcolor for segment in view.render_line(1)[0:]} == {view.rich_style.bgcolor}

    looking(folder, act, charset=charset)


def test_seeds_as_one(folder):
    async def act(app, pilot):
        await pilot.press("f")
        assert title(app).startswith("how alike layers are: ann1")
        assert matrix(app) is not None

    looking(folder, act)


def test_odd_names_of_layers(folder):
    odd = ("con[red]v", "\x1b[31mred", "層層層層層層層層", "x" * 200, "output")
    keep(folder / "logs" / CNN, layers=odd)

    async def act(app, pilot):
        for _ in odd:
            text = shown(app)
            assert "con[red]v" in text
            assert "\x1b" not in text
            assert {len(strip.text) for strip in app.screen._compositor.render_strips()} <= set(range(60, 81))
            await pilot.press("down", "right")
        await pilot.press("e")
        assert title(app).startswith("cnn1: output between epochs")

    looking(folder, act, keys=(CNN, ANN), size=SMALL)
