"""The mode "data": images by class, and where they lie on a plane."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from fashiontui.analysis.projection import METHODS, TITLES, Method, Projection, Sample
from fashiontui.config.spec import DatasetSpec
from fashiontui.tui.charts.scatter import Scatter
from fashiontui.tui.dataprojection import DataProjection, words_of
from fashiontui.tui.datasets import (
    class_points,
    datasets_of,
    doing_text,
    headline,
    problem_text,
    projection_title,
    request_for,
)
from fashiontui.tui.screens.paned import PanedScreen
from fashiontui.tui.widgets.samples import SIDES, USUAL, SampleGrid

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

AXES: Final = {"pca": "component 1", "tsne": "dimension 1"}  # across; the other one goes up
SECTION: Final = "data"  # of what is remembered
PANES: Final = ("data-samples", "data-plane")


class DataScreen(PanedScreen):
    """Everything is computed by a process of its own; what was computed before is found again."""

    MODE = "data"
    CSS_PATH = "data.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "method", "PCA or t-SNE", tooltip="The other way to lay images out", id="data.method"),
        Binding(
            "i", "isolate", "one class", tooltip="Only the class under the cursor, or all", id="data.isolate"
        ),
        Binding("d", "dataset(1)", "dataset", tooltip="The next dataset", id="data.next"),
        Binding("D", "dataset(-1)", "dataset before", show=False, id="data.before"),
        Binding("X", "cancel", "cancel", tooltip="End what is being computed", id="data.cancel"),
        Binding("u", "again", "try again", tooltip="Look for the data again", id="data.again"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._projection = DataProjection(self)
        self._datasets: tuple[DatasetSpec, ...] = ()
        self._place = 0  # among the datasets
        self._method: Method = "pca"
        self._sample: Sample | None = None
        self._projections: dict[Method, Projection] = {}
        self._isolated = False
        self._problem = ""
        self._doing = ""
        self._plane_of: object = None  # dataset and method whose coordinates the plane has
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    def compose_body(self) -> ComposeResult:
        """What it is, the images, the plane, and what is being computed."""
        yield Static(id="data-head", markup=False)
        yield Static(id="data-problem", markup=False)
        yield Static(id="data-doing", markup=False)
        with Horizontal(id="data-panes"):
            yield SampleGrid(self.fashion.charset, id=PANES[0])
            yield Scatter(id=PANES[1], classes="pane")

    def on_mount(self) -> None:
        """As it was left the last time."""
        kept = self.fashion.preferences.section(SECTION)
        self._method = next((method for method in METHODS if method == kept.get("method")), "pca")
        grid = self._grid()
        grid.add_class("pane")
        grid.border_title = "images"
        grid.side = next((side for side in SIDES if side == kept.get("side")), USUAL)
        self._plane().x_name = " "  # there is none yet
        self.front(PANES[0])

    def on_unmount(self) -> None:
        """Nobody waits any more."""
        self._projection.cancel()
        if self._temporary is not None:
            self._temporary.cleanup()

    # Which dataset.

    def on_screen_resume(self) -> None:
        """Begin with the usual one."""
        self._know_datasets()

    def on_fashion_app_snapshot_changed(self, _event: FashionApp.SnapshotChanged) -> None:
        """The experiments file may name others."""
        self._know_datasets()

    def _know_datasets(self) -> None:
        snapshot = self.fashion.snapshot
        if not snapshot.is_loaded:
            return
        before = self._datasets[self._place] if self._datasets else None
        self._datasets = datasets_of(snapshot.config)
        kept = self.fashion.preferences.get(SECTION, "dataset", "")
        names = [spec.name for spec in self._datasets]
        if before in self._datasets:
            self._place = self._datasets.index(before)
            return
        self._place = names.index(kept) if kept in names else 0
        self._begin()

    def _begin(self) -> None:
        """Show another dataset."""
        self._sample, self._projections, self._problem, self._isolated = None, {}, "", False
        self._grid().sample = None
        self._ask()

    def _ask(self) -> None:
        """Have computed what is not there yet; principal components come first, they take a moment only."""
        wanted: tuple[Method, ...] = ("pca",) if self._method == "pca" else ("pca", self._method)
        self._problem, self._doing = "", "loading"
        self._projection.start(
            request_for(self._datasets[self._place], wanted, self.fashion.options, self._cache())
        )
        self._show()

    def _cache(self) -> Path:
        """Where results are kept: as long as the app runs, if it was told of no better place."""
        if self.fashion.options.cache is not None:
            return self.fashion.options.cache
        self._temporary = self._temporary or tempfile.TemporaryDirectory(prefix="fashiontui-")
        return Path(self._temporary.name)

    # What comes of it.

    def on_data_projection_progressed(self, event: DataProjection.Progressed) -> None:
        """Images, places, or how far it is."""
        if not self._projection.is_current(event.number):
            return
        match event.heard:
            case Sample() as sample:
                self._sample = sample
                self._grid().sample = sample
            case Projection() as projection:
                self._projections[projection.method] = projection
            case doing:
                self._doing = words_of(doing)
                self._show_doing(doing.done)
                return
        self._show()

    def on_data_projection_ended(self, event: DataProjection.Ended) -> None:
        """Done, or it could not be."""
        if self._projection.is_current(event.number):
            self._problem, self._doing = event.problem, ""
            self._show()

    def _show(self) -> None:
        sample, projection = self._sample, self._shown_projection()
        self.set_class(sample is None, "-empty")
        spec = self._datasets[self._place] if self._datasets else None
        self.query_one("#data-head", Static).update(headline(sample, spec))
        self.query_one("#data-problem", Static).update(problem_text(self._problem))
        plane = self._plane()
        if sample is None or projection is None:
            plane.title, plane.curves, plane.nothing = TITLES[self._method], (), self._doing or "not computed"
        else:
            alone = self._grid().cursor if self._isolated else None
            self._begin_plane((spec, projection.method))
            plane.title = projection_title(projection, sample, alone)
            plane.x_name = AXES[projection.method]
            plane.curves = class_points(sample, projection, alone)
        self._show_doing(None)
        self.refresh_bindings()
        if sample is None:
            self.set_focus(None)
        elif self.focused is None:
            self.front(PANES[0])

    def _begin_plane(self, subject: object) -> None:
        """In other coordinates, all is in view."""
        if subject != self._plane_of:
            self._plane_of, plane = subject, self._plane()
            plane.be_about(subject)
            plane.view = replace(plane.view, window=None, cursor=None)

    def _shown_projection(self) -> Projection | None:
        """The one that is wanted; until it is there, the one that is."""
        return self._projections.get(self._method) or next(iter(self._projections.values()), None)

    def _show_doing(self, done: float | None) -> None:
        """In the frame of what is in front, so that nothing jumps."""
        is_ascii = self.fashion.charset == "ascii"
        problem = self._problem if self._sample is not None else ""
        words = doing_text(self._doing, done, problem, is_ascii=is_ascii)
        is_narrow = self.has_class("-narrow")
        self._plane().border_subtitle = words
        self._grid().border_subtitle = words if is_narrow else Content("")
        self.query_one("#data-doing", Static).update(words if self._sample is None else "")

    # Keys.

    def action_method(self) -> None:
        """Principal components or t-SNE; computed when first asked for."""
        self._method = METHODS[(METHODS.index(self._method) + 1) % len(METHODS)]
        self.fashion.preferences.put(SECTION, "method", self._method)
        if self._method in self._projections or not self._datasets:
            self._show()
        else:
            self._ask()

    def action_isolate(self) -> None:
        """One class on the plane, or all."""
        self._isolated = not self._isolated
        self._show()

    def on_sample_grid_class_chosen(self, _event: SampleGrid.ClassChosen) -> None:
        """The class that is alone on the plane is another."""
        if self._isolated:
            self._show()

    def on_sample_grid_enlarged(self, event: SampleGrid.Enlarged) -> None:
        """Remember it."""
        self.fashion.preferences.put(SECTION, "side", event.side)

    def action_dataset(self, step: int) -> None:
        """Another dataset."""
        self._place = (self._place + step) % len(self._datasets)
        self.fashion.preferences.put(SECTION, "dataset", self._datasets[self._place].name)
        self._begin()

    def action_cancel(self) -> None:
        """End what is being computed; what is there stays."""
        self._projection.cancel()
        self._doing = ""
        self._problem = "cancelled" if self._sample is None else ""
        self._method = (
            next(iter(self._projections), "pca") if self._method not in self._projections else self._method
        )
        self._show()

    def action_again(self) -> None:
        """Look for the data again."""
        self._ask()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Only what makes sense now is offered."""
        match action:
            case "cancel":
                return bool(self._doing)
            case "again":
                return bool(self._problem)
            case "dataset":
                return len(self._datasets) > 1
            case "pane":
                return not self.has_class("-empty")
            case "isolate":
                return bool(self._projections)
            case _:
                return True

    def panes(self) -> tuple[str, ...]:
        """Images, and the plane."""
        return PANES

    def _grid(self) -> SampleGrid:
        return self.query_one(SampleGrid)

    def _plane(self) -> Scatter:
        return self.query_one(Scatter)
