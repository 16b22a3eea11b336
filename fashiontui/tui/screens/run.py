"""The mode "run"."""

from __future__ import annotations

from fashiontui.tui.screens.base import ProjectScreen


class RunScreen(ProjectScreen):
    """Nothing yet."""

    MODE = "run"
