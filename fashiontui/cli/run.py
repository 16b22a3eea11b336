"""`fashiontui run`: from names and options to trained networks and an exit code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import Final

from fashiontui.cli.options import Places, RunOptions
from fashiontui.cli.tickets import new_tickets, resume_ticket
from fashiontui.errors import DeviceError, UsageError
from fashiontui.headless.interrupts import Interrupts
from fashiontui.headless.render_json import JsonRenderer
from fashiontui.headless.render_plain import PlainRenderer
from fashiontui.headless.renderer import Renderer
from fashiontui.headless.session import Conductor, Session, Ticket
from fashiontui.headless.streams import SteadyStream
from fashiontui.runs.assertions import Assertion, parse_assertion
from fashiontui.supervisor.executor import Executor, LocalExecutor

DEVICE: Final = re.compile(r"auto|cpu|cuda(:\d+)?")
FAILED, UNMET, HUNG_UP, INTERRUPTED = 1, 3, 129, 130


def run_experiments(options: RunOptions, places: Places) -> int:
    """Carry out what is asked; the exit code. Whatever can be wrong is found before anything is trained."""
    assertions = [parse_assertion(text) for text in options.assertions]
    check_device(options.device)
    tickets = tickets_for(options, places)
    return carry_out(tickets, assertions, as_json=options.as_json)


def tickets_for(options: RunOptions, places: Places) -> Sequence[Ticket]:
    """The runs to make, or the one to go on with."""
    if options.resume is None:
        if not options.names:
            raise UsageError("nothing to run", "Name an experiment or a study; `fashiontui list` shows them.")
        return new_tickets(options, places)
    fixed = ("names", "settings", "epochs", "seed", "seeds", "dataset")
    given = [name for name in fixed if getattr(options, name) not in (None, ())]
    if given:
        raise UsageError(
            f"--resume goes on with a run as it was begun; it takes no {', '.join(given)}",
            "It takes --device, --threads, --data-dir, --assert and --json.",
        )
    return [resume_ticket(options, places)]


def carry_out(
    tickets: Sequence[Ticket],
    assertions: Sequence[Assertion] = (),
    *,
    as_json: bool = False,
    executor: Executor | None = None,
) -> int:
    """Follow the runs to their ends; the exit code."""
    renderer = make_renderer(as_json=as_json)
    with Interrupts() as interrupts:
        conductor = Conductor(executor or LocalExecutor(), renderer, interrupts, assertions)
        try:
            return exit_code(conductor.carry_out(tickets))
        finally:
            renderer.close()


def make_renderer(*, as_json: bool) -> Renderer:
    """JSON where asked for; a progress display where stderr is a terminal; else plain lines."""
    out, err = SteadyStream(sys.stdout), SteadyStream(sys.stderr)
    if as_json:
        return JsonRenderer(out, err)
    if err.isatty() and os.environ.get("TERM") != "dumb":
        from fashiontui.headless.render_terminal import TerminalRenderer  # noqa: PLC0415 - loads much of rich

        return TerminalRenderer(out, err)
    return PlainRenderer(out, err)


def exit_code(session: Session) -> int:
    """One number for all runs: an interruption first, then a failure, then an assertion that was not met."""
    if session.hung_up:
        return HUNG_UP
    if session.interrupted:
        return INTERRUPTED
    if session.failures:
        return session.failures[0] if len(set(session.failures)) == 1 else FAILED
    return UNMET if session.unmet else 0


def check_device(device: str | None) -> None:
    """Raise DeviceError for what is no device at all; whether it is here only the worker can say."""
    if device is not None and DEVICE.fullmatch(device) is None:
        raise DeviceError(
            f"--device {device}: there is no such device", "Devices are auto, cpu, cuda and cuda:N."
        )
