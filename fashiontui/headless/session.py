"""Several runs, one after another, and what came of them."""

from __future__ import annotations

import shlex
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fashiontui.headless.follow import follow
from fashiontui.headless.interrupts import Interrupts
from fashiontui.headless.renderer import Renderer
from fashiontui.headless.words import short_path
from fashiontui.runs.assertions import Assertion, assertion_report, unmet_assertions
from fashiontui.runs.discard import discard_untrained
from fashiontui.runs.outcome import Outcome, outcome_of
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState
from fashiontui.supervisor.executor import Executor


@dataclass(frozen=True, slots=True)
class Ticket:
    """A run to be carried out. `open` makes its folder when its turn has come, or gives the one it has."""

    experiment: str
    open: Callable[[], RunPaths]
    resume: bool = False


@dataclass(slots=True)
class Session:
    """What came of the runs so far."""

    outcomes: list[Outcome] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)  # exit codes
    unmet: list[str] = field(default_factory=list)  # assertions
    interrupted: bool = False
    hung_up: bool = False


class Conductor:
    """Carries out runs in order. One that fails does not keep the next from its turn; a stop does."""

    def __init__(
        self,
        executor: Executor,
        renderer: Renderer,
        interrupts: Interrupts,
        assertions: Sequence[Assertion] = (),
    ) -> None:
        self._executor = executor
        self._renderer = renderer
        self._interrupts = interrupts
        self._assertions = assertions
        self._session = Session()
        self._hopeless = False  # what failed one run would fail all that are left

    def carry_out(self, tickets: Sequence[Ticket]) -> Session:
        """Run them all; says which were not started, and why is plain from what was said before."""
        left = deque(tickets)
        while left and not (self._hopeless or self._interrupts.stop_asked or self._interrupts.hung_up):
            self._one(left.popleft())
        self._session.interrupted |= bool(left) and self._interrupts.stop_asked
        self._session.hung_up = self._interrupts.hung_up
        if left and not self._session.hung_up:
            self._renderer.note(f"not started: {', '.join(ticket.experiment for ticket in left)}")
        return self._session

    def _one(self, ticket: Ticket) -> None:
        paths = ticket.open()
        attempts_before = len(RunRecord.load(paths.record).attempts)
        self._renderer.preparing(paths, ticket.experiment)
        execution = self._executor.begin(paths, resume=ticket.resume)
        record = follow(execution, self._renderer, self._interrupts, attempts_before)
        if record is not None:
            self._conclude(paths, record)

    def _conclude(self, paths: RunPaths, record: RunRecord) -> None:
        outcome = outcome_of(paths, record)
        if self._assertions:
            outcome["assertions"] = assertion_report(self._assertions, outcome)
        discarded = record.failure is not None and discard_untrained(paths, record)
        if discarded:
            outcome["log_dir"] = None
        self._renderer.ended(outcome)
        if discarded:
            self._renderer.note(f"nothing was trained, so {short_path(str(paths.root))} was removed")
        self._note_state(paths, record)
        if record.result is not None:
            self._note_assertions(outcome)
        self._session.outcomes.append(outcome)

    def _note_state(self, paths: RunPaths, record: RunRecord) -> None:
        if record.failure is not None:
            self._session.failures.append(record.failure.exit_code)
            self._hopeless = record.failure.kind == "DeviceError"
        elif record.state in (RunState.STOPPED, RunState.PAUSED):
            self._session.interrupted = True
            self._renderer.note(
                f"to go on with it: fashiontui run --headless --resume {shlex.quote(short_path(str(paths.root)))}"
            )

    def _note_assertions(self, outcome: Outcome) -> None:
        for line in unmet_assertions(self._assertions, outcome):
            unmet = f"{outcome['experiment']} {outcome['run_id']}: {line}"
            self._session.unmet.append(unmet)
            self._renderer.note(f"assertion not met: {unmet}")
