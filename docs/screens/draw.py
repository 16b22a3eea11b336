"""Draws the README's pictures of the app: the program itself, on the runs of a real logs folder.

    python docs/screens/draw.py LOGS [--config experiments.toml] [--to docs/screens] [--only report]

LOGS needs finished runs of lr, ann1, cnn1 and cnn2; one that is running makes the queue worth seeing. Nothing in it is
changed. The Report screen reads docs/results, the Data screen needs the images of the default dataset.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic

from textual.pilot import Pilot

from fashiontui.cli.app import AppChoices, app_options
from fashiontui.cli.options import Places
from fashiontui.runs.state import RunState
from fashiontui.tui.app import FashionApp
from fashiontui.tui.charts.scatter import Scatter
from fashiontui.tui.screens.report import ReportScreen
from fashiontui.tui.widgets.experimenttree import ExperimentTree
from fashiontui.tui.widgets.section_list import SectionList

RESULTS = Path(__file__).parents[1] / "results"
SIZE = (124, 38)
COMPARED = ("lr", "ann1", "cnn1", "cnn2")
PATIENCE_S = 300.0  # a t-SNE takes minutes
FONTS = re.compile(r"@font-face\s*{.*?}\s*", re.DOTALL)

Act = Callable[[FashionApp, Pilot[None]], Awaitable[None]]


def main() -> None:
    """Draw all pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("logs", type=Path)
    parser.add_argument("--config", type=Path, default=Path("experiments.toml"))
    parser.add_argument("--to", type=Path, default=Path(__file__).parent)
    parser.add_argument("--only", action="append", help="Draw this picture alone. Repeatable.")
    options = parser.parse_args()
    places = Places(config=options.config.absolute(), logs=options.logs.absolute())
    pictures: dict[str, tuple[str, Act]] = {
        "experiments": ("textual-dark", _experiments),
        "run": ("textual-dark", _run),
        "compare": ("textual-light", _compare),
        "data": ("textual-dark", _data),
        "report": ("textual-dark", _report),
    }
    for name in options.only or pictures:
        theme, act = pictures[name]
        svg = asyncio.run(_drawn(places, theme, act))
        (options.to / f"{name}.svg").write_text(FONTS.sub("", svg), encoding="utf-8")
        print(options.to / f"{name}.svg")


async def _drawn(places: Places, theme: str, act: Act) -> str:
    options = app_options(places, AppChoices(read_only=False, theme=theme))
    app = FashionApp(replace(options, supervises=False, keys={}))
    app._memory.keep = lambda: None  # type: ignore[method-assign]  # noqa: SLF001 - how it was left is the user's own
    app.preferences.put("experiments", "filter", "")  # whatever was looked at last
    for name, usual in (("pane", "curves"), ("view", {}), ("maximised", ""), ("log_y", [])):
        app.preferences.put("run", name, usual)
    app.preferences.put("compare", "view", {})
    async with app.run_test(size=SIZE) as pilot:
        await _until(pilot, lambda: app.snapshot.is_loaded)
        app.marked, app.compare_keys = [], ()
        await act(app, pilot)
        return app.export_screenshot(title="fashiontui")


async def _experiments(app: FashionApp, pilot: Pilot[None]) -> None:
    app.action_mode("experiments")
    await pilot.pause()
    tree = app.screen.query_one(ExperimentTree)
    tree.go_to(next(row.key for row in tree.rows if row.name == "cnn1"))
    await _settled(pilot)


async def _run(app: FashionApp, pilot: Pilot[None]) -> None:
    app.open_run(_newest(app, "cnn1"))
    await _settled(pilot)


async def _compare(app: FashionApp, pilot: Pilot[None]) -> None:
    app.open_compare([_newest(app, name) for name in COMPARED])
    await _settled(pilot)


async def _data(app: FashionApp, pilot: Pilot[None]) -> None:
    app.action_mode("data")
    await _until(pilot, lambda: any(scatter.curves for scatter in app.screen.query(Scatter)))
    await _settled(pilot)


async def _report(app: FashionApp, pilot: Pilot[None]) -> None:
    app.action_mode("report")
    await _until(pilot, lambda: isinstance(app.screen, ReportScreen))
    app.screen.show_folder(RESULTS)
    sections = app.screen.query_one(SectionList)
    await _until(pilot, lambda: sections.go_to("All networks"))
    await _settled(pilot)


def _newest(app: FashionApp, experiment: str) -> str:
    entries = app.snapshot.entries
    return [e.key for e in entries if e.experiment == experiment and e.state is RunState.FINISHED][-1]


async def _until(pilot: Pilot[None], happened: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE_S
    while not happened():
        if monotonic() > deadline:
            raise SystemExit("it never came; is all there that the pictures need?")
        await pilot.pause(0.05)
    await pilot.pause()


async def _settled(pilot: Pilot[None]) -> None:
    """Until the screen has been the same for a second."""
    app, before, since = pilot.app, "", monotonic()
    while monotonic() - since < 1:
        await pilot.pause(0.1)
        now = "\n".join(strip.text for strip in app.screen._compositor.render_strips())  # noqa: SLF001
        if now != before:
            before, since = now, monotonic()


if __name__ == "__main__":
    main()
