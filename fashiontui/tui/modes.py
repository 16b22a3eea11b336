"""The four modes; each screen is imported when it is first seen."""

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


MODES: Final[dict[str, str | Callable[[], Screen[Any]]]] = {
    "experiments": _experiments,
    "run": _run,
    "compare": _compare,
    "data": _data,
}
