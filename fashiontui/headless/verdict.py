"""What came of a run: told to the user, held against assertions, and counted."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field

from fashiontui.errors import RunError
from fashiontui.headless.renderer import Renderer
from fashiontui.headless.words import short_path
from fashiontui.runs.assertions import Assertion, assertion_report, unmet_assertions
from fashiontui.runs.discard import discard_untrained
from fashiontui.runs.outcome import Outcome, outcome_of
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.record import RunRecord
from fashiontui.runs.state import RunState


@dataclass(slots=True)
class Session:
    """What came of the runs so far."""

    outcomes: list[Outcome] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)  # exit codes
    unmet: list[str] = field(default_factory=list)  # assertions
    interrupted: bool = False
    hung_up: bool = False


class Verdict:
    """Judges runs that have ended."""

    def __init__(self, renderer: Renderer, assertions: Sequence[Assertion] = ()) -> None:
        self.session = Session()
        self.hopeless = False  # what failed one run would fail all that are left
        self._renderer = renderer
        self._assertions = assertions

    def pronounce(self, paths: RunPaths, record: RunRecord) -> bool:
        """Tell what came of a run; whether its folder was removed, as nothing was trained."""
        outcome = outcome_of(paths, record)
        if self._assertions:
            outcome["assertions"] = assertion_report(self._assertions, outcome)
        discarded = record.failure is not None and discard_untrained(paths, record)
        if not paths.root.exists():
            outcome["log_dir"] = None
        self._renderer.ended(outcome)
        if discarded:
            self._renderer.note(f"nothing was trained, so {short_path(str(paths.root))} was removed")
        self._note_state(paths, record)
        if record.result is not None:
            self._note_assertions(outcome)
        self.session.outcomes.append(outcome)
        return discarded

    def _note_state(self, paths: RunPaths, record: RunRecord) -> None:
        if record.failure is not None:
            self.session.failures.append(record.failure.exit_code)
            self.hopeless |= record.failure.kind == "DeviceError"
        elif record.state is RunState.LOST:
            self.session.failures.append(RunError.exit_code)
        elif record.state in (RunState.STOPPED, RunState.PAUSED):
            self.session.interrupted = True
            self._renderer.note(
                f"to go on with it: fashiontui run --headless --resume {shlex.quote(short_path(str(paths.root)))}"
            )

    def _note_assertions(self, outcome: Outcome) -> None:
        for line in unmet_assertions(self._assertions, outcome):
            unmet = f"{outcome['experiment']} {outcome['run_id']}: {line}"
            self.session.unmet.append(unmet)
            self._renderer.note(f"assertion not met: {unmet}")
