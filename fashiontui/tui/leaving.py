"""Leaving when the terminal goes, or somebody asks by a signal: cleanly, and for certain."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fashiontui.tui.app import FashionApp

SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM)
PATIENCE_S: Final = 3.0  # to leave in: a terminal that is gone may keep the app from it


def listen(app: FashionApp) -> None:
    """Have SIGHUP and SIGTERM end the app from now on. Runs are not told: they go on."""
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, partial(_leave, app, 128 + number))


def stop_listening() -> None:
    """Leave these signals to others again."""
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.remove_signal_handler(number)


def _leave(app: FashionApp, status: int) -> None:
    app.let_go()
    app.exit(None, status)
    timer = threading.Timer(PATIENCE_S, os._exit, [status])
    timer.daemon = True
    timer.start()
