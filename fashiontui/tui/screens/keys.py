"""What keys do to the runs and experiments that a screen's cursor is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.binding import Binding
from textual.events import Key

from fashiontui.tui.actions.starting import Wish
from fashiontui.tui.actions.targets import WHY_NONE, pause_or_resume
from fashiontui.tui.picking import Picked, kin
from fashiontui.tui.screens.base import ProjectScreen
from fashiontui.tui.screens.confirm import Confirm
from fashiontui.tui.words import count, named_key, no_run

if TYPE_CHECKING:
    from collections.abc import Sequence

MISTAKEN: Final = (
    "the experiments file can't be read as it is: nothing in it is run before that is mended, `e` opens it"
)
MANY: Final = 1  # more runs than that are not started without asking
NAMED: Final = 3  # in a question
DEEDS: Final = {
    "stop": "stop",
    "act('rerun')": "rerun",
    "delete": "delete",
    "screen.reorder(-1)": "earlier",
    "screen.reorder(1)": "later",
}
CHANGES: Final = frozenset(
    (
        "start",
        "start_study",
        "start_with",
        "act",
        "pause_or_resume",
        "stop",
        "kill",
        "delete",
        "edit",
        "reorder",
        "hold",
    )
)


class RunKeys(ProjectScreen):
    """Actions; `picked` says what they are about."""

    def picked(self) -> Picked:
        """What is under the cursor."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where nothing may be changed, keys that would are not there."""
        if action in CHANGES and self.fashion.read_only:
            return False
        return super().check_action(action, parameters)

    def on_key(self, event: Key) -> None:
        """Of a key that would change something, where nothing may be changed: say why it does nothing."""
        snapshot = self.fashion.snapshot
        if not snapshot.read_only or event.key in self.active_bindings:  # it does something else here
            return
        bound = (keys.key_to_bindings.get(event.key, ()) for _, keys in self._modal_binding_chain)
        if any(_deed_of(binding) in CHANGES for bindings in bound for binding in bindings):
            whose = "these are another program's logs" if snapshot.foreign else "read only"
            self.fashion.say(f"{whose}: nothing is changed here", "warning")

    def key_words(self, action: str) -> str | None:
        """Some keys undo what they did; some can do nothing here, which they tell whoever presses them."""
        if action == "hold":
            return "release queue" if self.fashion.snapshot.is_held else None
        if action == "pause_or_resume":
            deed = pause_or_resume(self.picked().runs)
            return "" if not self._suits(deed) else "go on" if deed == "resume" else None
        deed = DEEDS.get(action, "")
        return "" if deed and not self._suits(deed) else super().key_words(action)

    def _suits(self, deed: str) -> bool:
        return self.picked().suits(deed)

    # New runs.

    def action_start(self) -> None:
        """Run the experiment; a study is asked about first."""
        wish = self.picked().wish
        if wish is None:
            self.fashion.say(
                "the experiments file has no such experiment: `a` repeats a run of it", "warning"
            )
        elif wish.variant is None and self.picked().member is None:
            self.action_start_study()
        else:
            self._start(wish)

    def action_start_study(self) -> None:
        """Run all of a study."""
        study = self.picked().study
        if study is None:
            self.fashion.say("this is in no study: `r` runs the experiment", "warning")
        else:
            self._start(Wish(study.name))

    def _can_start(self) -> bool:
        """Whether the file is as it was read; what it said before a mistake was made is not run."""
        if self.fashion.snapshot.config_error:
            self.fashion.say(MISTAKEN, "error")
        return not self.fashion.snapshot.config_error

    def _start(self, wish: Wish) -> None:
        if not self._can_start():
            return
        runs = self.fashion.deeds.planned(wish)
        if runs is None:
            return
        if len(runs) <= MANY:
            self.fashion.deeds.start(wish)
            return
        names = list(dict.fromkeys(run.experiment for run in runs))
        details = ", ".join(names[:6]) + (", …" if len(names) > 6 else "")  # noqa: PLR2004 - a line of them
        question = Confirm(f"Run {count(len(runs), 'run')} of {wish.name}?", details, "Run")
        self.app.push_screen(question, lambda yes: self.fashion.deeds.start(wish) if yes else None)

    def action_start_with(self) -> None:
        """Run with other settings than the file's."""
        picked = self.picked()
        if picked.wish is None or self.fashion.snapshot.config is None:
            self.fashion.say("the experiments file has no such experiment", "warning")
            return
        if not self._can_start():
            return
        from fashiontui.tui.screens.startdialog import StartDialog  # noqa: PLC0415 - seldom

        dialog = StartDialog(self.fashion.snapshot.config, picked.wish)
        self.app.push_screen(dialog, lambda wish: self.fashion.deeds.start(wish) if wish else None)

    # Runs that are there.

    def action_act(self, action: str) -> None:
        """Do something that needs no question."""
        keys = self._targets(action)
        if keys:
            self.fashion.act(action, keys)

    def action_pause_or_resume(self) -> None:
        """One key for both."""
        self.action_act(pause_or_resume(self.picked().runs))

    def action_stop(self) -> None:
        """Stop, after a question."""
        details = "Each stops after a checkpoint, from which `p` goes on. What waits leaves the queue."
        self._ask("stop", "Stop", details)

    def action_kill(self) -> None:
        """Kill, after a question."""
        self._ask("kill", "Kill", "Without a checkpoint: what was learnt since the last one is lost.")

    def action_delete(self) -> None:
        """Delete, after a question."""
        self._ask("delete", "Delete", "To the trash: moving the folder back from .trash brings it back.")

    def action_hold(self) -> None:
        """Have nothing that waits be started, or go on."""
        self.fashion.deeds.hold(held=not self.fashion.snapshot.is_held)

    def action_reorder(self, step: int) -> None:
        """Change the queue's order."""
        self.action_act("earlier" if step < 0 else "later")

    def _ask(self, action: str, word: str, details: str) -> None:
        keys = self._targets(action)
        if keys:
            question = Confirm(f"{word} {_named(keys)}?", details, word)
            self.app.push_screen(question, lambda yes: self.fashion.act(action, keys) if yes else None)

    def _targets(self, action: str) -> tuple[str, ...]:
        keys = self.picked().targets(action)
        if not keys:
            self.fashion.say(WHY_NONE[action], "warning")
        return keys

    # Marks, ids.

    def action_mark(self) -> None:
        """Mark the run, or unmark it."""
        picked, marked = self.picked(), self.fashion.marked
        before = [run.key for run in picked.runs if run.key in marked]
        keys = picked.to_mark()
        if before:
            self.fashion.set_marked([key for key in marked if key not in before])
        elif not keys:
            self.fashion.say(no_run(self.fashion.snapshot), "warning")
        else:
            self.fashion.set_marked([*marked, *keys])
            if len(keys) > 1:
                self.fashion.say(f"{len(keys)} runs marked")

    def action_unmark_all(self) -> None:
        """Mark nothing."""
        self.fashion.set_marked([])

    def action_compare(self) -> None:
        """Compare what is marked; where nothing is, all runs under the cursor."""
        picked = self.picked()
        begun = [run for run in picked.runs if run.attempts or run.state.is_ended]
        runs = [run.key for run in sorted(begun, key=lambda run: run.best_valid is None)]  # no empty baseline
        keys = self.fashion.marked or (_best_of_each(picked) if not picked.is_experiment else runs)
        if keys:
            self.fashion.open_compare(keys)
        else:
            self.fashion.say("nothing to compare: mark runs with space", "warning")

    def action_copy_id(self) -> None:
        """Copy the id of the run, of an experiment's its newest, to the clipboard."""
        runs = self.picked().runs
        if runs:
            self.app.copy_to_clipboard(runs[0].run_id)
            self.fashion.say(f"copied {runs[0].run_id}")
        else:
            self.fashion.say("it has no run yet", "warning")

    def action_edit(self) -> None:
        """Edit the experiments file, where it tells of what is under the cursor, or at its first mistake."""
        self.fashion.deeds.edit_config(self.picked().where)


def _deed_of(binding: Binding) -> str:
    """`act` of `screen.act('rerun')`."""
    return binding.action.partition("(")[0].rpartition(".")[2]


def _best_of_each(picked: Picked) -> list[str]:
    """Of a study's experiments, the run best on validation of each that has one."""
    found = {kin(run): run for run in reversed(picked.runs)}
    for run in picked.runs:
        best = found[kin(run)].facts.get("valid_accuracy")
        mine = run.facts.get("valid_accuracy")
        if mine is not None and (best is None or mine > best):
            found[kin(run)] = run
    return [run.key for run in found.values() if run.attempts or run.state.is_ended]


def _named(keys: Sequence[str]) -> str:
    """`cnn1 k3f`, `cnn1 k3f, ann1 p2m and 2 more runs`."""
    if len(keys) <= NAMED:
        return ", ".join(map(named_key, keys))
    return f"{', '.join(map(named_key, keys[: NAMED - 1]))} and {count(len(keys) - NAMED + 1, 'more run')}"
