"""The mode "data"."""

from __future__ import annotations

from fashiontui.tui.screens.base import ProjectScreen


class DataScreen(ProjectScreen):
    """Nothing yet."""

    MODE = "data"
