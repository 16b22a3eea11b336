"""How fast a run advances now, which may be another pace than an hour ago: others use the machine as well."""

from __future__ import annotations

from typing import Final

STRETCH_S: Final = 10.0  # shorter ones tell of chance


class Pace:
    """Of steps, over the last one to two stretches: epochs, or as many of them as take ten seconds."""

    def __init__(self, step: int, seconds: float) -> None:
        self._older = self._newer = (step, seconds)

    def mark(self, step: int, seconds: float) -> None:
        """An epoch has ended."""
        if seconds - self._newer[1] >= STRETCH_S:
            self._older, self._newer = self._newer, (step, seconds)

    def steps_per_second(self, step: int, seconds: float) -> float | None:
        """None before there has been a step."""
        done, spent = step - self._older[0], seconds - self._older[1]
        return done / spent if done > 0 and spent > 0 else None
