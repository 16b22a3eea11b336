"""New run folders."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from fashiontui.config.plan import PlannedRun
from fashiontui.errors import RunError
from fashiontui.runs.discard import remove_folder
from fashiontui.runs.paths import RunPaths, new_run_id, run_id_of
from fashiontui.runs.record import Request, RunRecord

TRIES: Final = 100  # ids of the same second are one of 46,656


def create_run(
    logs: Path,
    planned: PlannedRun,
    request: Request,
    *,
    environment: dict[str, Any],
    now: datetime,
    rng: random.Random,
    mark: str | None = None,
) -> RunPaths:
    """Make the folder of a run, with a run.json in state `queued`; RunError where that can't be done.

    `now` has a time zone; the id shows its local time. Its `mark` is random where none is given, or it is taken.
    """
    paths = _new_folder(logs, planned.experiment, now, rng, mark)
    record = RunRecord(
        run_id=paths.run_id,
        experiment=planned.experiment,
        base=planned.base,
        study=planned.study,
        variant=dict(planned.variant),
        created=now,
        state_since=now,
        spec=planned.spec,
        request=request,
        environment=environment,
    )
    try:
        record.save(paths.record)
    except OSError as error:
        remove_folder(paths)
        raise _refused(logs, error) from error
    except RunError:
        remove_folder(paths)
        raise
    return paths


def _new_folder(logs: Path, experiment: str, now: datetime, rng: random.Random, mark: str | None) -> RunPaths:
    for attempt in range(TRIES):
        run_id = new_run_id(now, rng) if attempt or mark is None else run_id_of(now, mark)
        paths = RunPaths.of(logs, experiment, run_id)
        try:
            paths.root.parent.mkdir(parents=True, exist_ok=True)
            paths.root.mkdir()
        except FileExistsError:
            if paths.root.exists():
                continue
            raise RunError(f"{paths.root.parent} is not a folder", "Name another one with --logs.") from None
        except FileNotFoundError:  # the experiment's folder was tidied away at this very moment
            continue
        except OSError as error:
            raise _refused(logs, error) from error
        return paths
    raise RunError(f"no free run id in {logs / experiment} after {TRIES} tries")


def _refused(logs: Path, error: OSError) -> RunError:
    return RunError(f"no run can be made in {logs}: {error.strerror}", "Name another folder with --logs.")
