"""The five modes; each screen is imported when it is first seen, or while nothing else is to be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from textual.screen import Screen


def _experiments() -> Screen[None]:
    from fashiontui.tui.screens.experiments import ExperimentsScreen  # noqa: PLC0415 - see above

    return ExperimentsScreen()


def _run() -> Screen[None]:
    from fashiontui.tui.screens.run import RunScreen  # noqa: PLC0415 - see above

    return RunScreen()


def _compare() -> Screen[None]:
    from fashiontui.tui.screens.compare import CompareScreen  # noqa: PLC0415 - see above

    return CompareScreen()


def _data() -> Screen[None]:
    from fashiontui.tui.screens.data import DataScreen  # noqa: PLC0415 - see above

    return DataScreen()


def _report() -> Screen[None]:
    from fashiontui.tui.screens.report import ReportScreen  # noqa: PLC0415 - see above

    return ReportScreen()


def load_all() -> None:
    """Import what all screens need, in a thread: the first look at a run then waits for its files alone."""
    from fashiontui.tui.screens import compare, data, experiments, report, run  # noqa: PLC0415 - see above

    del compare, data, experiments, report, run


MODES: Final[dict[str, str | Callable[[], Screen[Any]]]] = {
    "experiments": _experiments,
    "run": _run,
    "compare": _compare,
    "data": _data,
    "report": _report,
}
