"""The app: modes, what screens share, and what happens to all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import Screen

from fashiontui.errors import FashiontuiError
from fashiontui.tui.actions.outcome import Outcome
from fashiontui.tui.actions.starting import Wish, planned, start
from fashiontui.tui.editing import edit_config
from fashiontui.tui.feed import ProjectFeed
from fashiontui.tui.leaving import listen, stop_listening
from fashiontui.tui.memory import Memory
from fashiontui.tui.news import Severity, news_of
from fashiontui.tui.options import AppOptions, Charset
from fashiontui.tui.palette import palette_commands
from fashiontui.tui.preferences import Preferences
from fashiontui.tui.project import ProjectSnapshot
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.tensorboard import TensorBoard
from fashiontui.tui.widgets.topbar import TopBar
from fashiontui.tui.words import lines_of

if TYPE_CHECKING:
    from fashiontui.config.plan import PlannedRun
    from fashiontui.supervisor.placing import Site


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
        Binding(
            "t", "tensorboard", "TensorBoard", tooltip="Open TensorBoard on these runs", id="app.tensorboard"
        ),
        Binding("question_mark,f1", "help", "help", tooltip="List the keys that work here", id="app.help"),
        Binding("q", "leave", "leave", tooltip="Leave; runs go on", id="app.leave"),
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

    class Acted(Message):
        """Something was done to runs, or could not be; comes from a worker's thread."""

        def __init__(self, outcome: Outcome) -> None:
            super().__init__()
            self.outcome = outcome

    def __init__(self, options: AppOptions) -> None:
        super().__init__()
        self.options = options
        self.preferences = Preferences.load(options.logs, read_only=options.read_only)
        self.snapshot = ProjectSnapshot(options.logs, options.config, read_only=options.read_only)
        self.marked: list[str] = []
        self.run_key: str | None = None
        self.compare_keys: tuple[str, ...] = ()
        self.animation_level = "none"  # nothing moves but what is measured
        self._memory = Memory(self)
        self._modes_before: list[str] = []
        self._board = TensorBoard(options.logs, options.host)
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
        self._memory.recall_look()
        listen(self)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.run_worker(self._feed.run, group="feed", exit_on_error=True, thread=True)
        self._memory.recall_places()

    def on_unmount(self) -> None:
        """Look no more."""
        stop_listening()
        self.let_go()

    def let_go(self) -> None:
        """Give up all that would outlive the app, and remember how it looked; may be called twice."""
        self._feed.stop()
        self._board.stop()
        self._memory.keep()

    def nudge(self) -> None:
        """Look at the project at once: something was just done."""
        self._feed.nudge()

    # Telling.

    def say(self, text: str, severity: Severity = "information") -> None:
        """Tell the user something; what is in it may come from a file."""
        self.notify(lines_of(text), severity=severity, markup=False)

    def _warn(self, text: str) -> None:
        """From any thread."""
        self.say(text, "warning")

    def on_fashion_app_snapshot_read(self, event: SnapshotRead) -> None:
        """Have the screen that is seen show it."""
        before, self.snapshot = self.snapshot, event.snapshot
        for news in news_of(before, event.snapshot):
            self.say(news.words, news.severity)
            if news.rings:
                self.bell()
        if before.read_only is not event.snapshot.read_only:
            self.refresh_bindings()
        self._tell(self.SnapshotChanged(event.snapshot))

    def _tell(self, message: Message) -> None:
        """Post to the present mode's own screen, which a dialog may cover."""
        base = self.screen_stack[0]
        if isinstance(base, ProjectScreen):
            base.post_message(message)

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
            await self.switch_mode(self._modes_before.pop())

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
        from fashiontui.tui.screens.help import Help, keys_of  # noqa: PLC0415 - when it is first asked for

        if len(self.screen_stack) == 1:
            self.push_screen(Help(keys_of(self.screen)))

    def action_leave(self) -> None:
        """End the app; runs go on."""
        self.exit()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        return palette_commands(self, screen)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Say once that two keys of the settings are the same."""
        self._memory.tell_clash(clashed_bindings, node)

    # Doing things.

    def site(self) -> Site:
        """Where runs are made."""
        from fashiontui.supervisor.placing import Site  # noqa: PLC0415 - pydantic: not before the first paint

        options = self.options
        return Site(options.logs, options.project, options.data_folders, options.argv)

    def act(self, action: str, keys: Sequence[str]) -> None:
        """Have something done to runs: stop, kill, pause, resume, rerun, delete, earlier, later."""
        from fashiontui.tui.actions.doing import do  # noqa: PLC0415 - pydantic: not before the first paint

        site, chosen = self.site(), tuple(keys)
        self._work(lambda: do(action, chosen, site, time.time()))

    def planned(self, wish: Wish) -> tuple[PlannedRun, ...] | None:
        """The runs a wish stands for; None, and said why, where there are none."""
        if self.snapshot.config is None:
            self.say("there is no experiments file without mistakes", "error")
            return None
        try:
            return planned(self.snapshot.config, wish)
        except FashiontuiError as error:
            self.say(str(error), "error")
            return None

    def start(self, wish: Wish) -> None:
        """Have new runs made and queued."""
        config, site = self.snapshot.config, self.site()
        if config is not None:
            self._work(lambda: start(config, wish, site))

    def _work(self, deed: Callable[[], Outcome]) -> None:
        """Do something in a thread, and tell what came of it."""

        def work() -> None:
            try:
                outcome = deed()
            except FashiontuiError as error:
                outcome = Outcome(failed=str(error))
            self.post_message(self.Acted(outcome))

        self.run_worker(work, group="deeds", exit_on_error=True, thread=True)

    def on_fashion_app_acted(self, event: Acted) -> None:
        """Tell what came of it, and look at once."""
        if event.outcome.done:
            self.say(event.outcome.done)
        if event.outcome.failed:
            self.say(event.outcome.failed, "error")
        self.nudge()

    def edit_config(self) -> None:
        """Have the experiments file edited, with the terminal to the editor alone."""
        edit_config(self)
        self.nudge()

    def action_tensorboard(self) -> None:
        """Start TensorBoard, and say where it is."""
        from fashiontui.tui.screens.board import Board  # noqa: PLC0415 - seldom

        try:
            address = self._board.start()
        except (FashiontuiError, OSError) as error:
            self.say(str(error), "error")
            return
        self.push_screen(Board(address), lambda is_over: self._board.stop() if is_over else None)

    def save_picture(self) -> None:
        """Write what is on the screen to an SVG file, here."""
        path = self.save_screenshot()
        self.say(f"written: {path}")
