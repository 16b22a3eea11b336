"""How alike the layers of two runs are: a matrix, and in words what it is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from fashiontui.config.problems import printable
from fashiontui.tui.comparing import alike
from fashiontui.tui.comparing.alike import Found, Matrix
from fashiontui.tui.comparing.shown import Shown
from fashiontui.tui.comparing.state import chosen, next_of
from fashiontui.tui.poller import Poller
from fashiontui.tui.seenfiles import Pair, SeenFiles
from fashiontui.tui.widgets.frame import entitle, subtitle
from fashiontui.tui.widgets.sight import Sighted
from fashiontui.tui.widgets.similarity_matrix import SimilarityMatrix

PERIOD_S: Final = 1.0
READING: Final = "reading…"
NONE: Final = "mark runs to compare"


class Likeness(Vertical, Sighted, can_focus=True):
    """Layers of the baseline against those of another run, or one layer against itself at other epochs.

    The files are read in a thread while this can be seen; a run that goes on is followed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1, 0)", "up", show=False, id="likeness.up"),
        Binding("down,j", "move(1, 0)", "down", show=False, id="likeness.down"),
        Binding("left", "move(0, -1)", "left", show=False, id="likeness.left"),
        Binding("right", "move(0, 1)", "right", show=False, id="likeness.right"),
        Binding("home,g", "far(-1)", "first", show=False, id="likeness.first"),
        Binding("end,G", "far(1)", "last", show=False, id="likeness.last"),
        Binding(
            "e",
            "epochs",
            "layers/epochs",
            tooltip="The baseline's layer under the cursor between epochs, or all layers",
            id="likeness.epochs",
        ),
        Binding("escape", "layers", "back to the layers", show=False, id="likeness.layers"),
    ]

    class FilesRead(Message):
        """What the files of two runs say now."""

        def __init__(self, pair: Pair, found: Found) -> None:
            super().__init__()
            self.pair = pair
            self.found = found

    def __init__(self, *, id: str, classes: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes=classes)
        self._folders: Mapping[str, Path] = {}
        self._pair: Pair | None = None
        self._others: tuple[str, ...] = ()
        self._found: Found | None = None
        self._layer = ""  # whose epochs are shown; "": layers are
        self._files = SeenFiles()
        self._poller = Poller(self, "representations", PERIOD_S, self._look)

    def compose(self) -> ComposeResult:
        """What the numbers are, the cell under the cursor, the matrix; or why there is none."""
        yield Static(id="likeness-meaning", markup=False)
        yield Static(id="likeness-cell", markup=False)
        yield SimilarityMatrix(id="likeness-matrix")
        yield Static(id="likeness-none", markup=False)

    # Which runs.

    def follow(self, folders: Mapping[str, Path]) -> None:
        """Where these runs are."""
        self._folders = folders

    def show(self, shown: Sequence[Shown], baseline: str, other: str) -> None:
        """The run that is wanted, or the first there is, against the baseline."""
        runs = {run.key: run for run in shown if run.key in self._folders}
        self._others = alike.others_of(list(runs.values()), baseline) if baseline in runs else ()
        key = chosen(self._others, other)
        pair: Pair | None = None
        if key:
            rows, columns = (alike.side_of(runs[each], self._folders[each]) for each in (baseline, key))
            pair = rows, columns
        if pair != self._pair:
            self._pair = pair
            self._forget()
            self._poller.nudge()

    def _forget(self) -> None:
        """What is shown is of other runs; of the same baseline, the layer whose epochs are shown stays."""
        found, pair = self._found, self._pair
        if found is not None and (pair is None or (found.rows.key, found.columns.key) != _keys(pair)):
            self._found = None
            self._layer = self._layer if pair is not None and found.rows.key == pair[0].key else ""
        self._draw()

    def after(self, other: str, step: int) -> str:
        """The run to go on to; where epochs are shown, another layer is gone on to instead."""
        if not self._layer:
            return next_of(self._others, chosen(self._others, other), step)
        self._layer = next_of(self._known_layers(), self._layer, step)
        self._draw()
        return other

    # Reading.

    def come(self) -> None:
        """Read."""
        self._poller.resume()

    def go(self) -> None:
        """Read no more."""
        self._poller.pause()

    def rest(self, resting: bool) -> None:
        """Whether the whole screen is away, of which nobody else tells."""
        if resting:
            self._poller.pause()
        elif self.is_seen:
            self._poller.resume()

    def _look(self) -> Iterator[Message]:
        """In a thread."""
        pair = self._pair
        found = None if pair is None else self._files.look(pair)
        if pair is not None and found is not None:
            yield self.FilesRead(pair, found)

    def on_likeness_files_read(self, event: FilesRead) -> None:
        """Show it, if it is still what is looked at."""
        event.stop()
        if event.pair == self._pair:
            self._found = event.found
            self._draw()

    # Showing.

    def _known_layers(self) -> tuple[str, ...]:
        ours = self._found.ours if self._found is not None else None
        return () if ours is None else ours.layers

    def _matrix(self) -> Matrix | None:
        found = self._found
        if found is None or found.ours is None:
            return None
        if self._layer in found.ours.layers:
            return alike.epochs_matrix(found.ours, self._layer)
        return alike.layers_matrix(found)

    def _draw(self) -> None:
        if self._layer and self._found is not None and self._layer not in self._known_layers():
            self._layer = ""
        matrix = self._matrix()
        self.query_one(SimilarityMatrix).show(matrix)
        self.set_class(matrix is None, "-nothing")
        self._say(matrix)
        self.refresh_bindings()

    def _say(self, matrix: Matrix | None) -> None:
        found = self._found
        images = found.ours.best.images if found is not None and found.ours is not None else 0
        self.query_one("#likeness-meaning", Static).update(Content(alike.meaning(images)), layout=False)
        self.query_one("#likeness-none", Static).update(Content(self._why_nothing()))
        self._entitle(found)
        if matrix is not None:
            row, column = self.query_one(SimilarityMatrix).cursor
            words = (
                alike.epochs_words(matrix, self._layer, row, column)
                if self._layer
                else alike.layers_words(matrix, row, column)
            )
            self.query_one("#likeness-cell", Static).update(Content(words), layout=False)

    def _why_nothing(self) -> str:
        if self._pair is None:
            return NONE
        if self._found is None:
            return READING
        more = "\n\nv another run" if len(self._others) > 1 else ""
        return self._found.problem + more

    def _entitle(self, found: Found | None) -> None:
        if found is None:
            entitle(self, "how alike layers are")
            subtitle(self, "")
        elif self._layer:
            layers = self._known_layers()
            entitle(self, f"{found.rows.label}: {printable(self._layer)} between epochs")
            subtitle(self, f"v next layer ({layers.index(self._layer) + 1}/{len(layers)})")
        else:
            entitle(self, alike.layers_title(found))
            place = self._others.index(found.columns.key) + 1 if found.columns.key in self._others else 1
            subtitle(self, f"v next run ({place}/{len(self._others)})" if len(self._others) > 1 else "")

    def on_similarity_matrix_moved(self, event: SimilarityMatrix.Moved) -> None:
        """Say what is under the cursor now."""
        event.stop()
        self._say(self._matrix())

    # Keys.

    def action_move(self, rows: int, columns: int) -> None:
        """Move by cells."""
        self.query_one(SimilarityMatrix).move(rows, columns)

    def action_far(self, direction: int) -> None:
        """Move to the first or last row."""
        matrix = self._matrix()
        if matrix is not None:
            self.query_one(SimilarityMatrix).go_to(0 if direction < 0 else len(matrix.rows) - 1)

    def action_epochs(self) -> None:
        """One layer of the baseline between epochs; or all layers."""
        layers, matrix = self._known_layers(), self.query_one(SimilarityMatrix)
        if self._layer:
            self.action_layers()
        elif layers:
            self._layer = layers[min(matrix.cursor[0], len(layers) - 1)]
            self._draw()

    def action_layers(self) -> None:
        """All layers, with the cursor on the one of which epochs were shown."""
        layers, layer = self._known_layers(), self._layer
        self._layer = ""
        self._draw()
        if layer in layers:
            self.query_one(SimilarityMatrix).go_to(layers.index(layer))

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Only where there is something to see; escape leads back only from a layer's epochs."""
        if action == "layers":
            return bool(self._layer)
        if action == "epochs":
            return bool(self._known_layers())
        return True


def _keys(pair: Pair) -> tuple[str, str]:
    return pair[0].key, pair[1].key
