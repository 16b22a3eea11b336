"""The mode "experiments"."""

from __future__ import annotations

from fashiontui.tui.screens.base import ProjectScreen


class ExperimentsScreen(ProjectScreen):
    """Nothing yet."""

    MODE = "experiments"
