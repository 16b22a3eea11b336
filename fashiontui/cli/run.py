"""`fashiontui run`: from names and options to trained networks and an exit code."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from fashiontui.cli.choices import Places, RunOptions
from fashiontui.cli.orders import Order, new_runs, resumed_run
from fashiontui.errors import DeviceError, FashiontuiError, UsageError
from fashiontui.headless.interrupts import Interrupts
from fashiontui.headless.render_json import JsonRenderer
from fashiontui.headless.render_plain import PlainRenderer
from fashiontui.headless.renderer import Renderer
from fashiontui.headless.session import Conductor
from fashiontui.headless.streams import SteadyStream, printable
from fashiontui.headless.verdict import Session, Verdict
from fashiontui.runs.assertions import Assertion, parse_assertion
from fashiontui.runs.registry.store import Registry
from fashiontui.supervisor.ensure import ensure_supervisor
from fashiontui.supervisor.lead import Lead
from fashiontui.supervisor.log import SupervisorLog
from fashiontui.supervisor.queue import is_held, set_devices
from fashiontui.supervisor.starter import FreshStarter, Starter
from fashiontui.supervisor.warm import WarmStarter

DEVICE: Final = re.compile(r"auto|cpu|cuda(:\d+)?")
FAILED, UNMET, HUNG_UP, INTERRUPTED = 1, 3, 129, 130


def run_experiments(options: RunOptions, places: Places) -> int:
    """Carry out what is asked; the exit code. Whatever can be wrong is found before anything is queued."""
    assertions = [parse_assertion(text) for text in options.assertions]
    check_device(options.device)
    order = order_for(options, places)
    if order.is_empty:
        return 0
    with _registry_for(order) as registry:
        if options.detach:
            return detach(registry, order, as_json=options.as_json)
        return follow(registry, order, assertions, as_json=options.as_json)


def run_in_app(options: RunOptions, places: Places) -> int:
    """Queue the runs, see that someone carries them out, and open the app on them; its exit code."""
    check_device(options.device)
    order = order_for(options, places)
    if order.is_empty:
        return 0
    with _registry_for(order) as registry:
        keys = order.place(registry)
    ensure_supervisor(order.logs)
    from fashiontui.cli.app import run_app  # noqa: PLC0415 - Textual

    return run_app(Places(places.config, order.logs), open_runs=keys)


@contextmanager
def _registry_for(order: Order) -> Iterator[Registry]:
    """The registry of an order's runs, which knows its devices."""
    with Registry.open(order.logs, warn=warn) as registry:
        if order.devices is not None:
            set_devices(registry, order.devices)
        yield registry


def order_for(options: RunOptions, places: Places) -> Order:
    """The runs to make, or the one to go on with."""
    if options.detach and options.assertions:
        raise UsageError("--detach does not wait for results, so there is nothing to --assert")
    if options.assertions and (options.missing or options.missing_from):
        raise UsageError(
            "--missing leaves runs out, and what is left out can't be held against --assert",
            "Make what is missing first; then check all: `fashiontui runs 'test_accuracy<0.9'` lists who falls short.",
        )
    if options.resume is None:
        if not options.names:
            raise UsageError("nothing to run", "Name an experiment or a study; `fashiontui list` shows them.")
        return new_runs(options, places)
    fixed = ("names", "settings", "epochs", "seed", "seeds", "dataset", "missing", "missing_from")
    given = [name.replace("_", "-") for name in fixed if getattr(options, name) not in (None, (), False)]
    if given:
        raise UsageError(
            f"--resume goes on with a run as it was begun; it takes no {', '.join(given)}",
            "It takes --device, --threads, --data-dir, --assert and --json.",
        )
    return resumed_run(options, places)


def detach(registry: Registry, order: Order, *, as_json: bool) -> int:
    """Queue the runs, see that someone carries them out, and leave."""
    keys = order.place(registry)
    ensure_supervisor(order.logs)
    for key in keys:
        experiment, run_id = key.split("/")
        facts = {"event": "queued", "run_id": run_id, "experiment": experiment}
        sys.stdout.write(f"{json.dumps(facts)}\n" if as_json else f"{key}\n")
    count = "1 run" if len(keys) == 1 else f"{len(keys)} runs"
    sys.stderr.write(f"{count} queued; `fashiontui runs` shows how they get on\n")
    if is_held(registry):
        sys.stderr.write("the queue is held: `fashiontui release` lets it go on\n")
    return 0


def follow(
    registry: Registry, order: Order, assertions: Sequence[Assertion] = (), *, as_json: bool = False
) -> int:
    """Queue the runs and follow them to their ends; the exit code."""
    renderer = make_renderer(as_json=as_json)
    with Interrupts() as interrupts:
        keys = order.place(registry)
        say = SupervisorLog(order.logs)
        lead = Lead(order.logs, lambda: make_starter(len(keys), say), say, renderer.note)
        try:
            verdict = Verdict(renderer, assertions)
            session = Conductor(registry, lead, renderer, interrupts, verdict).carry_out(keys)
            return check_told(renderer.out, exit_code(session))
        finally:
            renderer.close()
            if lead.leave():
                ensure_supervisor(order.logs)


def make_starter(runs: int, say: Callable[[str], None]) -> Starter:
    """For a single run, a process of its own; a fork server pays from the second on."""
    return FreshStarter() if runs == 1 else WarmStarter(FreshStarter(), say=say)


def warn(text: str) -> None:
    """Something the user should know, on stderr."""
    sys.stderr.write(f"{printable(text)}\n")


def make_renderer(*, as_json: bool) -> Renderer:
    """JSON where asked for; a progress display where stderr is a terminal; else plain lines."""
    out, err = SteadyStream(sys.stdout), SteadyStream(sys.stderr)
    if as_json:
        return JsonRenderer(out, err)
    if err.isatty() and os.environ.get("TERM") != "dumb":
        from fashiontui.headless.render_terminal import TerminalRenderer  # noqa: PLC0415 - loads much of rich

        return TerminalRenderer(out, err)
    return PlainRenderer(out, err)


def check_told(out: SteadyStream, code: int) -> int:
    """The exit code, unless that were to say that all is well and results are missing in a file."""
    if out.error is not None:
        what = f"standard output: {out.error.strerror}: results are missing there"
        if code == 0:
            raise FashiontuiError(what, "They are in the run folders; `fashiontui show RUN` tells them.")
        warn(what)
    return code


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
