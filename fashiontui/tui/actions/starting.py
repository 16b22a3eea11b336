"""New runs: planned, checked, put into the queue. Blocks; for threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fashiontui.tui.actions.outcome import Outcome
from fashiontui.tui.words import count

if TYPE_CHECKING:
    from fashiontui.config.load import Config
    from fashiontui.config.plan import PlannedRun
    from fashiontui.supervisor.placing import Site


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be run, and what is to be other than the file says."""

    name: str  # an experiment, or a study
    variant: str | None = None  # of a study, only the runs in this folder
    overrides: Mapping[str, Any] = field(default_factory=dict)
    epochs: int | None = None
    seed: int | None = None
    seeds: int | None = None
    device: str | None = None


def planned(config: Config, wish: Wish) -> tuple[PlannedRun, ...]:
    """The runs; UsageError where the settings make none."""
    from fashiontui.config.plan import plan_runs  # noqa: PLC0415 - pydantic: not before the first paint

    runs = plan_runs(
        config,
        [wish.name],
        overrides=wish.overrides,
        seed=wish.seed,
        seeds=wish.seeds,
        epochs=wish.epochs,
    )
    return tuple(run for run in runs if wish.variant in (None, run.experiment))


def start(config: Config, wish: Wish, site: Site) -> Outcome:
    """Queue the runs, and see that a supervisor carries them out."""
    from fashiontui.runs.registry.store import Registry  # noqa: PLC0415 - as above
    from fashiontui.supervisor.ensure import ensure_supervisor  # noqa: PLC0415 - as above
    from fashiontui.supervisor.placing import new_batch  # noqa: PLC0415 - as above
    from fashiontui.supervisor.queue import set_devices  # noqa: PLC0415 - as above

    warnings: list[str] = []
    batch = new_batch(planned(config, wish), site, device=wish.device)
    with Registry.open(site.logs, warn=warnings.append) as registry:
        set_devices(registry, config.devices)
        keys = batch.place(registry)
    ensure_supervisor(site.logs)
    words = f"{wish.variant or wish.name}: {count(len(keys), 'run')} queued"
    return Outcome(words, "\n".join(warnings), tuple(keys))
