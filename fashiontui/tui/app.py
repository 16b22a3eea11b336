"""The app: modes, what screens share, and what happens to all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from fashiontui.tui.feed import ProjectFeed
from fashiontui.tui.options import AppOptions, Charset
from fashiontui.tui.preferences import Preferences
from fashiontui.tui.project import ProjectSnapshot
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.widgets.topbar import TopBar


def _experiments() -> Screen[None]:
    from fashiontui.tui.screens.experiments import ExperimentsScreen  # noqa: PLC0415 - when it is first seen

    return ExperimentsScreen()


def _run() -> Screen[None]:
    from fashiontui.tui.screens.run import RunScreen  # noqa: PLC0415 - when it is first seen

    return RunScreen()


def _compare() -> Screen[None]:
    from fashiontui.tui.screens.compare import CompareScreen  # noqa: PLC0415 - when it is first seen

    return CompareScreen()


def _data() -> Screen[None]:
    from fashiontui.tui.screens.data import DataScreen  # noqa: PLC0415 - when it is first seen

    return DataScreen()


class FashionApp(App[None]):
    """Watches a project, and shows it in one of four modes."""

    TITLE = "fashiontui"
    CSS_PATH = "app.tcss"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "experiments": _experiments,
        "run": _run,
        "compare": _compare,
        "data": _data,
    }
    DEFAULT_MODE = "experiments"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "mode('experiments')", "Experiments", show=False, id="app.experiments"),
        Binding("2", "mode('run')", "Run", show=False, id="app.run"),
        Binding("3", "mode('compare')", "Compare", show=False, id="app.compare"),
        Binding("4", "mode('data')", "Data", show=False, id="app.data"),
        Binding("escape", "back", "back", show=False, id="app.back"),
        Binding("question_mark,f1", "help", "help", id="app.help"),
        Binding("q", "leave", "leave", id="app.leave"),
    ]

    class SnapshotChanged(Message):
        """There is something new in the project."""

        def __init__(self, snapshot: ProjectSnapshot) -> None:
            super().__init__()
            self.snapshot = snapshot

    class MarksChanged(Message):
        """Other runs are marked; `keys` in the order of marking."""

        def __init__(self, keys: tuple[str, ...]) -> None:
            super().__init__()
            self.keys = keys

    class RunOpened(Message):
        """The run screen is to show this run."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class CompareOpened(Message):
        """The compare screen is to show these runs."""

        def __init__(self, keys: tuple[str, ...]) -> None:
            super().__init__()
            self.keys = keys

    class SnapshotRead(Message):
        """The feed has looked; comes from its thread."""

        def __init__(self, snapshot: ProjectSnapshot) -> None:
            super().__init__()
            self.snapshot = snapshot

    def __init__(self, options: AppOptions) -> None:
        super().__init__()
        self.options = options
        self.preferences = Preferences.load(options.logs, read_only=options.read_only)
        self.snapshot = ProjectSnapshot(options.logs, options.config, read_only=options.read_only)
        self.marked: list[str] = []
        self.run_key: str | None = None
        self.compare_keys: tuple[str, ...] = ()
        self._modes_before: list[str] = []
        self._feed = ProjectFeed(
            options, lambda snapshot: self.post_message(self.SnapshotRead(snapshot)), self._warn
        )

    @property
    def charset(self) -> Charset:
        """What charts and bars are drawn with."""
        return self.options.charset

    @property
    def low_bandwidth(self) -> bool:
        """Whether the terminal is at the end of a slow line."""
        return self.options.low_bandwidth

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed here."""
        return self.snapshot.read_only

    def on_mount(self) -> None:
        """Look at the project once something is on the screen."""
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        self.run_worker(self._feed.run, group="feed", exit_on_error=True, thread=True)

    def on_unmount(self) -> None:
        """Look no more."""
        self._feed.stop()
        self.preferences.save()

    def nudge(self) -> None:
        """Look at the project at once: something was just done."""
        self._feed.nudge()

    def _warn(self, text: str) -> None:
        """Something the user should know; from any thread."""
        self.notify(text, severity="warning", markup=False)

    def on_fashion_app_snapshot_read(self, event: SnapshotRead) -> None:
        """Have the screen that is seen show it."""
        self.snapshot = event.snapshot
        self._tell(self.SnapshotChanged(event.snapshot))

    def _tell(self, message: Message) -> None:
        """Post to the present mode's own screen, which a dialog may cover."""
        base = self.screen_stack[0]
        if isinstance(base, ProjectScreen):
            base.post_message(message)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong with a worker whose mistakes end nothing."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.notify(str(event.worker.error), severity="error", markup=False)

    # Going places.

    def on_top_bar_mode_chosen(self, event: TopBar.ModeChosen) -> None:
        """A mode's name was clicked."""
        self.action_mode(event.mode)

    def action_mode(self, mode: str) -> None:
        """Show a mode; `back` leads to the one before."""
        if mode != self.current_mode:
            self._modes_before.append(self.current_mode)
            self.switch_mode(mode)

    async def action_back(self) -> None:
        """Show the mode before."""
        if self._modes_before:
            self.switch_mode(self._modes_before.pop())

    def open_run(self, key: str) -> None:
        """Show a run."""
        self.run_key = key
        self.action_mode("run")
        self._tell(self.RunOpened(key))

    def open_compare(self, keys: Sequence[str]) -> None:
        """Show runs side by side."""
        self.compare_keys = tuple(keys)
        self.action_mode("compare")
        self._tell(self.CompareOpened(self.compare_keys))

    def set_marked(self, keys: Sequence[str]) -> None:
        """Mark these runs and no others."""
        self.marked = list(keys)
        self._tell(self.MarksChanged(tuple(keys)))

    def action_help(self) -> None:
        """List the keys of this screen."""

    def action_leave(self) -> None:
        """End the app; runs go on."""
        self.exit()

    # Doing things to runs.

    def act(self, action: str, keys: Sequence[str]) -> None:
        """Have something done to runs: stop, pause, resume, delete, …"""
