"""Driving the app in tests: no sleeps, no wall clock, but the app's own quiet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic
from typing import Any

from textual.pilot import Pilot

from fashiontui.tui.app import FashionApp
from fashiontui.tui.options import AppOptions

PATIENCE_S = 60.0
SMALL, MEDIUM, LARGE = (80, 24), (120, 40), (200, 60)


def options(folder: Path, **changes: Any) -> AppOptions:
    """A project in a folder."""
    values = {
        "logs": folder / "logs",
        "config": folder / "experiments.toml",
        "project": folder,
        "cache": folder / "cache",
        "supervises": False,
    }
    return AppOptions(**{**values, **changes})


def shown(app: FashionApp) -> str:
    """All that is on the screen, as text."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def until(pilot: Pilot[Any], happened: Callable[[], bool]) -> None:
    """Let the app go on until something has happened."""
    deadline = monotonic() + PATIENCE_S
    while not happened():
        assert monotonic() < deadline, f"it never happened\n{shown(pilot.app)}"
        await pilot.pause(0.02)
    await pilot.pause()


def drive(
    app_options: AppOptions,
    act: Callable[[FashionApp, Pilot[Any]], Awaitable[None]],
    size: tuple[int, int] = MEDIUM,
) -> FashionApp:
    """Run the app without a terminal, and act on it."""
    app = FashionApp(app_options)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await act(app, pilot)

    asyncio.run(run())
    return app
