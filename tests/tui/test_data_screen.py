"""The data screen: images, planes, and the process that computes them."""

from __future__ import annotations

import pytest
from support.cli import project
from support.pilot import LARGE, MEDIUM, SMALL, drive, options, until
from support.tiny_data import tiny_sample
from textual.content import Content

from fashiontui.analysis.projection import Projection
from fashiontui.tui.charts.scatter import Scatter
from fashiontui.tui.dataprojection import DataProjection
from fashiontui.tui.screens.data import DataScreen
from fashiontui.tui.widgets.samples import SIDES, SampleGrid

CONFIG = """
[defaults]
dataset = { name = "synthetic", train_size = 60, valid_size = 20, test_size = 20 }
[experiments.lr]
model = "logistic"
[experiments.other]
model = "logistic"
dataset = "mnist"
"""
SIZES = [SMALL, MEDIUM, LARGE]


@pytest.fixture
def folder(tmp_path):
    project(tmp_path)
    (tmp_path / "experiments.toml").write_text(CONFIG)
    return tmp_path


def looking(folder, act, size=MEDIUM, **changes):
    """Open the screen, and act once it has computed."""

    async def run(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        await until(pilot, lambda: not app.screen.has_class("-empty") and bool(plane(app).curves))
        await act(app, pilot)

    return drive(options(folder, **changes), run, size)


def plane(app):
    return app.screen.query_one(Scatter)


def grid(app):
    return app.screen.query_one(SampleGrid)


def text(app, name):
    return "".join(str(line.render()) for line in app.screen.query(f"#{name}"))


def doing(app):
    return Content.from_markup(str(plane(app).border_subtitle)).plain


def lines(app):
    widget = grid(app)
    return [widget.render_line(y).text for y in range(widget.size.height)]


@pytest.mark.parametrize("size", SIZES)
def test_images_by_class_and_where_they_lie(folder, size):
    async def act(app, pilot):
        assert "SYNTHETIC data" in text(app, "data-head")
        assert lines(app)[0].startswith("▸ T-shirt/top  6 drawn")
        assert "▀" in lines(app)[3]
        assert plane(app).title.startswith("PCA · 60 images · ")
        assert [curve.name for curve in plane(app).curves][:2] == ["T-shirt/top", "Trouser"]
        assert sum(len(curve.xs) for curve in plane(app).curves) == 60

    looking(folder, act, size)


def test_tsne_is_computed_when_it_is_first_asked_for(folder):
    async def act(app, pilot):
        assert not list((folder / "cache").rglob("tsne*"))
        await pilot.press("m")
        await until(pilot, lambda: plane(app).title.startswith("t-SNE"))
        await pilot.press("m")
        assert plane(app).title.startswith("PCA")

    app = looking(folder, act)
    assert list((folder / "cache").rglob("tsne-30.npz"))
    assert app.preferences.get("data", "method", "") == "pca"


def test_how_far_it_is_and_cancelling(folder, monkeypatch):
    asked = []
    monkeypatch.setattr(DataProjection, "start", lambda self, request: asked.append(request))

    async def act(app, pilot):
        await until(pilot, lambda: app.snapshot.is_loaded)
        await pilot.press("4")
        await until(pilot, lambda: bool(asked))
        assert "loading" in text(app, "data-doing")
        sample = tiny_sample()
        screen, number = app.screen, app.screen._projection._number
        from fashiontui.analysis.projecting import Doing

        screen.post_message(DataProjection.Progressed(number, sample))
        screen.post_message(
            DataProjection.Progressed(
                number, Projection("pca", sample.indices[:, None] * [1.0, 2.0], sample.indices[:2] / 20)
            )
        )
        screen.post_message(DataProjection.Progressed(number, Doing("t-SNE", 0.45)))
        await until(pilot, lambda: "t-SNE 45%" in doing(app))
        assert "━━━━━━━━━───────────" in doing(app)
        screen.post_message(DataProjection.Progressed(number - 1, Doing("older", 0.9)))
        await pilot.pause()
        assert "older" not in doing(app)
        await pilot.press("X")
        assert doing(app) == ""
        assert screen._projection._number == number + 1
        assert len(plane(app).curves) == 2

    drive(options(folder), act)


def test_one_class_alone(folder):
    async def act(app, pilot):
        await pilot.press("j", "i")
        assert [curve.name for curve in plane(app).curves] == ["Trouser"]
        assert "only Trouser" in plane(app).title
        await pilot.press("j")
        assert [curve.name for curve in plane(app).curves] == ["Pullover"]
        await pilot.press("i")
        assert len(plane(app).curves) == 10

    looking(folder, act)


def test_larger_smaller_and_more(folder):
    async def act(app, pilot):
        first = lines(app)[4]
        await pilot.press("right")
        assert grid(app).page == 1
        assert lines(app)[4] != first or len(set(lines(app)[1:7])) == 1
        await pilot.press("right", "right", "right", "right")
        assert grid(app).page == 5 // grid(app).per_row()
        await pilot.press("left", "left", "left")
        assert grid(app).page == max(0, 5 // grid(app).per_row() - 3)
        for side in (20, 28, 56, 56):
            await pilot.press("plus")
            assert grid(app).side == side
        for _ in SIDES:
            await pilot.press("minus")
        assert grid(app).side == SIDES[0]

    app = looking(folder, act)
    assert app.preferences.get("data", "side", 0) == SIDES[0]


def test_to_the_last_class_and_back(folder):
    async def act(app, pilot):
        await pilot.press("G")
        assert grid(app).cursor == 9
        await until(pilot, lambda: any("Ankle boot" in line for line in lines(app)))
        await pilot.press("down", "g", "up")
        assert grid(app).cursor == 0

    looking(folder, act)


def test_another_dataset_that_is_not_here(folder):
    async def act(app, pilot):
        await pilot.press("d")
        await until(pilot, lambda: "MNIST is not here" in text(app, "data-problem"))
        assert "u try again" in text(app, "data-problem")
        assert app.screen.has_class("-empty")
        assert app.focused is None
        await pilot.press("tab", "w", "plus", "i", "u")
        await until(pilot, lambda: "MNIST is not here" in text(app, "data-problem"))
        await pilot.press("D")
        await until(pilot, lambda: not app.screen.has_class("-empty"))
        assert app.focused is grid(app)

    looking(folder, act)


def test_one_pane_at_a_time_where_it_is_narrow(folder):
    async def act(app, pilot):
        assert grid(app).display
        assert not plane(app).display
        await pilot.press("tab")
        assert plane(app).display
        assert not grid(app).display
        await pilot.press("shift+tab")
        assert grid(app).display

    looking(folder, act, SMALL)


def test_the_plane_alone_and_its_export(folder):
    async def act(app, pilot):
        await pilot.press("tab", "z")
        await until(pilot, lambda: not grid(app).display)
        await pilot.press("z")
        await until(pilot, lambda: grid(app).display)
        await pilot.press("w", "enter")
        await until(pilot, lambda: any((folder / "exports").glob("PCA*.csv")))

    looking(folder, act)


def test_another_way_to_lay_images_out_is_seen_whole(folder):
    async def act(app, pilot):
        plane(app).focus()
        await pilot.press("right_square_bracket", "right")
        await until(pilot, lambda: plane(app).view.window is not None and plane(app).view.cursor is not None)
        await pilot.press("m")
        await until(pilot, lambda: plane(app).title.startswith("t-SNE"))
        assert (plane(app).view.window, plane(app).view.cursor) == (None, None)

    looking(folder, act)


def test_what_was_seen_is_there_again(folder):
    (folder / "logs").mkdir()

    async def act(app, pilot):
        await pilot.press("m")
        await until(pilot, lambda: plane(app).title.startswith("t-SNE"))

    looking(folder, act)

    async def again(app, pilot):
        await until(pilot, lambda: plane(app).title.startswith("t-SNE"))

    looking(folder, again)


def test_odd_classes(folder):
    (folder / "mysets.py").write_text(
        "import numpy as np\n"
        "def load():\n"
        "    rng = np.random.default_rng(0)\n"
        "    images = rng.integers(0, 256, (90, 12, 20), dtype=np.uint8)\n"
        "    labels = np.arange(90) % 3\n"
        "    return images, labels, images[:30], labels[:30]\n"
    )
    (folder / "experiments.toml").write_text(
        CONFIG.replace(
            'dataset = { name = "synthetic", train_size = 60,', 'dataset = { name = "mysets:load",'
        )
    )

    async def act(app, pilot):
        assert "mysets:load" in text(app, "data-head")
        assert "12×20" in text(app, "data-head")
        assert len(plane(app).curves) == 3
        await pilot.press("plus", "plus", "plus", "plus", "minus", "m")
        await until(pilot, lambda: plane(app).title.startswith("t-SNE"))

    looking(folder, act)


@pytest.mark.parametrize("size", SIZES)
def test_odd_class_names(size):
    from textual.app import App

    sample = tiny_sample(("[red]a[/red]\x1b[31m", "שלום", "幅" * 100))

    class Shown(App[None]):
        def compose(self):
            yield SampleGrid("braille")

    async def run():
        app = Shown()
        async with app.run_test(size=size) as pilot:
            widget = app.query_one(SampleGrid)
            widget.sample = sample
            widget.focus()
            await pilot.press("j", "j", "plus", "right")
            found = [widget.render_line(y) for y in range(widget.size.height)]
            assert all(strip.cell_length == widget.size.width for strip in found)
            assert not any("\x1b" in strip.text for strip in found)
            widget.sample = None
            await pilot.press("j", "right", "G")

    import asyncio

    asyncio.run(run())


def test_ascii(folder):
    async def act(app, pilot):
        assert lines(app)[0].startswith("> T-shirt/top")
        assert all(line.isascii() for line in lines(app))

    looking(folder, act, charset="ascii")


def test_images_without_colours_and_without_blocks(folder, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    async def act(app, pilot):
        assert app.no_color
        await until(pilot, lambda: "@" in "".join(grid(app).render_line(y).text for y in range(8)))

    looking(folder, act, charset="ascii")
