"""The pane of mistakes: which classes are taken for which, and the images behind each cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar, Final, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from fashiontui.analysis.predictions import Rows, behind, confusion
from fashiontui.runs.predictions import SPLITS, Predictions, SplitName
from fashiontui.tui.lines import IN_ASCII
from fashiontui.tui.mistakes import Found, Images, ImageSource, PredictionFiles
from fashiontui.tui.poller import Poller
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.shownrun import ShownRun
from fashiontui.tui.widgets.confusion_matrix import ConfusionMatrix, class_name
from fashiontui.tui.widgets.frame import entitle
from fashiontui.tui.widgets.gallery import Exhibit, Gallery
from fashiontui.tui.widgets.pane import Pane

PERIOD_S: Final = 1.0
TITLES: Final[dict[SplitName, str]] = {"valid": "validation", "test": "test"}
NOT_YET: Final = "No predictions yet: a run writes them with its first epoch."
NONE: Final = "No predictions: the run ended before its first epoch did, or kept none."
NOT_OURS: Final = "Another program's run: it keeps no predictions."


class ConfusionPane(Pane):
    """A table of counts, and beside or behind it the images of the cell under the cursor."""

    TITLE: ClassVar[str] = "confusion"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "split", "validation/test", id="confusion.split"),
        Binding("escape", "matrix", "back to the table", show=False, id="confusion.back"),
    ]

    class PredictionsRead(Message):
        """There are new predictions of a run."""

        def __init__(self, files: PredictionFiles, found: Found) -> None:
            super().__init__()
            self.files = files
            self.found = found

    class ImagesRead(Message):
        """Images were found, or not."""

        def __init__(self, predictions: Predictions, rows: list[int], images: Images) -> None:
            super().__init__()
            self.predictions = predictions
            self.rows = rows
            self.images = images

    def __init__(self) -> None:
        super().__init__(id="confusion")
        self._files: PredictionFiles | None = None
        self._found = Found()
        self._split: SplitName | None = None  # None: the best there is
        self._sources: dict[SplitName, ImageSource] = {}
        self._first = 0  # of the cell's images, the first on the page
        self._poller = Poller(self, "predictions", PERIOD_S, self._look)

    def compose(self) -> ComposeResult:
        """Words, the table, the images."""
        yield Static(NOT_YET, id="confusion-words", markup=False)
        yield Static(id="confusion-cell", markup=False)
        with Horizontal(id="confusion-body"):
            yield ConfusionMatrix(id="confusion-matrix")
            yield Gallery(id="confusion-images")

    @property
    def split(self) -> SplitName | None:
        """The one that is shown: what was chosen, else test images, once there are predictions of them."""
        found = self._found.predictions
        if self._split in found:
            return self._split
        return next((split for split in reversed(SPLITS) if split in found), None)

    @property
    def predictions(self) -> Predictions | None:
        """Those that are shown."""
        split = self.split
        return None if split is None else self._found.predictions[split]

    # Reading.

    def show(self, run: ShownRun) -> None:
        """Another run has other predictions."""
        if self.run is None or self.run.root != run.root:
            self._files = PredictionFiles(run.root)
            self._found = Found()
            self._first = 0
            self._poller.nudge()
        if self.run is None or self.run.record is not run.record:
            self._sources = {}
        super().show(run)

    def begin(self) -> None:
        """Read."""
        self._poller.resume()

    def rest(self) -> None:
        """Read no more."""
        self._poller.pause()

    def _look(self) -> Iterator[Message]:
        files = self._files
        found = None if files is None else files.look()
        if files is not None and found is not None:
            yield self.PredictionsRead(files, found)

    def on_confusion_pane_predictions_read(self, event: PredictionsRead) -> None:
        """Show them."""
        event.stop()
        if event.files is self._files:
            self._found = event.found
            self._fill()

    # Showing.

    def depends_on(self, run: ShownRun) -> tuple[object, ...]:
        """Names of classes, and where the images are; predictions come by themselves."""
        return (run.record,)

    def update_run(self, _run: ShownRun) -> None:
        """Names of classes may be known now."""
        self._fill()

    def _fill(self) -> None:
        run, predictions = self.run, self.predictions
        if run is None:
            return
        self.query_one("#confusion-words", Static).update(self._words(), layout=False)
        matrix = self.query_one(ConfusionMatrix)
        self.set_class(predictions is None, "-empty")
        matrix.show(None if predictions is None else confusion(predictions, len(run.classes)), run.classes)
        self._show_images()

    def _why_none(self) -> str:
        run = self.run
        if run is not None and run.is_foreign:
            return NOT_OURS
        has_ended = run is not None and run.entry is not None and run.entry.state.is_ended
        return NONE if has_ended else NOT_YET

    def _words(self) -> Text:
        predictions, split = self.predictions, self.split
        if predictions is None or split is None:
            return Text(self._found.problem or self._why_none())
        counts = confusion(predictions)
        wrong = counts.images - int(counts.counts.trace())
        unit = "tree" if self._is_forest() else "epoch"
        words = f"{TITLES[split]}: {wrong:,} of {counts.images:,} wrong, accuracy {counts.accuracy:.4f}, {unit} {predictions.epoch}"
        others = [TITLES[each] for each in self._found.predictions if each != split]
        more = f"   v {others[0]}" if others else ""
        return Text(words + more + f"   {self._found.problem}".rstrip(), no_wrap=True, overflow="ellipsis")

    def _is_forest(self) -> bool:
        record = self.run.record if self.run is not None else None
        return record is not None and record.spec.model.kind == "forest"

    # Images.

    @property
    def _is_ascii(self) -> bool:
        return cast("ProjectScreen", self.screen).fashion.charset == "ascii"

    def _cell(self) -> tuple[int, int]:
        return self.query_one(ConfusionMatrix).cursor

    def _rows(self) -> Rows | None:
        predictions = self.predictions
        return None if predictions is None else behind(predictions, *self._cell())

    def _show_images(self) -> None:
        """Fetch the images of the page; those of before stay until they come."""
        gallery, rows, predictions, split = (
            self.query_one(Gallery),
            self._rows(),
            self.predictions,
            self.split,
        )
        if rows is None or predictions is None or split is None:
            gallery.show(())
            return
        count = gallery.grid.count
        self._first = max(0, min(self._first, len(rows) - 1)) // count * count
        page = rows[self._first : self._first + count].tolist()
        entitle(gallery, self._title(len(rows), len(page)))
        words = Text(self._title(len(rows), 0), no_wrap=True, overflow="ellipsis")
        self.query_one("#confusion-cell", Static).update(words, layout=False)
        if not page:
            gallery.show((), "none")
        elif self.is_seen and gallery.size and gallery.display:
            work = partial(self._fetch, self._source(split), predictions, page)
            self.run_worker(
                work, group="images", description="images", exclusive=True, thread=True, exit_on_error=True
            )

    def _title(self, total: int, shown: int) -> str:
        label, predicted = self._cell()
        names = self.run.classes if self.run is not None else ()
        one, other = class_name(names, label), class_name(names, predicted)
        words = f"{one}, recognised" if label == predicted else f"{one}, taken for {other}"
        place = (
            f": {self._first + 1}–{self._first + shown} of {total}"
            if shown
            else f": {total}, enter shows them"
        )
        title = words + (place if total else ": none")
        return title.translate(IN_ASCII) if self._is_ascii else title

    def _source(self, split: SplitName) -> ImageSource | None:
        record = self.run.record if self.run is not None else None
        if record is None:
            return None
        if split not in self._sources:
            self._sources[split] = ImageSource(record, split)
        return self._sources[split]

    def _fetch(self, source: ImageSource | None, predictions: Predictions, rows: list[int]) -> None:
        labels = predictions.labels[rows].tolist()
        images = Images(problem="run.json can't be read") if source is None else source.get(rows, labels)
        self.post_message(self.ImagesRead(predictions, rows, images))

    def on_confusion_pane_images_read(self, event: ImagesRead) -> None:
        """Show them, if they are still those that are looked at."""
        event.stop()
        rows = self._rows()
        if event.predictions is not self.predictions or rows is None:
            return
        if rows[self._first : self._first + len(event.rows)].tolist() == event.rows:
            self.query_one(Gallery).show(self._exhibits(event.rows, event.images), event.images.problem)

    def _exhibits(self, rows: Sequence[int], images: Images) -> list[Exhibit]:
        predictions = self.predictions
        if predictions is None or images.problem:
            return []
        names = self.run.classes if self.run is not None else ()
        return [
            Exhibit(_caption(predictions, row, names), pixels, _figures(predictions, row))
            for row, pixels in zip(rows, images.pixels, strict=True)
        ]

    # Keys.

    def on_confusion_matrix_moved(self, event: ConfusionMatrix.Moved) -> None:
        """Other images."""
        event.stop()
        self._first = 0
        self._show_images()

    def on_confusion_matrix_chosen(self, event: ConfusionMatrix.Chosen) -> None:
        """The images alone where there is room for one of both only; they have the keys."""
        event.stop()
        self.add_class("-images")
        self.query_one(Gallery).focus()

    def on_gallery_page_wanted(self, event: Gallery.PageWanted) -> None:
        """Turn the page."""
        event.stop()
        rows = self._rows()
        first = self._first + event.direction * self.query_one(Gallery).grid.count
        if rows is not None and 0 <= first < max(1, len(rows)):
            self._first = first
        self._show_images()

    def action_matrix(self) -> None:
        """Back to the table."""
        self.remove_class("-images")
        self.query_one(ConfusionMatrix).focus()

    def action_split(self) -> None:
        """The other split."""
        known = list(self._found.predictions)
        if self.split in known:
            self._split = known[(known.index(self.split) + 1) % len(known)]
            self._first = 0
            self._fill()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Escape leads back only from the images; there is another split only once there are two."""
        if action == "matrix":
            return self.has_class("-images")
        return len(self._found.predictions) > 1 if action == "split" else True


def _caption(predictions: Predictions, row: int, names: tuple[str, ...]) -> str:
    """`Coat 91%, Shirt 7%`: what it is taken for, what it is; of what is right only how sure it is."""
    label, predicted = int(predictions.labels[row]), int(predictions.predicted[row])
    sure = f"{class_name(names, predicted)} {predictions.confidence[row]:.0%}"
    if label == predicted:
        return sure
    return f"{sure}, {class_name(names, label)} {predictions.truth[row]:.0%}"


def _figures(predictions: Predictions, row: int) -> str:
    """`91%, true 7%`: the same without names, which the title has."""
    sure = f"{predictions.confidence[row]:.0%}"
    is_right = predictions.labels[row] == predictions.predicted[row]
    return sure if is_right else f"{sure}, true {predictions.truth[row]:.0%}"
