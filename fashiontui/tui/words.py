"""Numbers, times and states in few words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from fashiontui.analysis.numbers import four_digits
from fashiontui.config.problems import printable
from fashiontui.runs.state import RunState
from fashiontui.tui.options import Charset
from fashiontui.tui.project import FREE, ProjectSnapshot

if TYPE_CHECKING:
    from fashiontui.runs.registry.entry import Entry

ABSENT: Final = "–"
NO_GPU: Final = "no gpu"
NAMES: Final = ("name", "kind")  # of what the table is about
MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86400
THOUSAND: Final = 1000

# A sign for each state: none is told by its colour alone.
SIGNS: Final[Mapping[RunState, str]] = {
    RunState.QUEUED: "·",
    RunState.STARTING: "▷",
    RunState.RUNNING: "▶",
    RunState.FINISHED: "●",
    RunState.FAILED: "✗",
    RunState.STOPPED: "■",
    RunState.PAUSED: "‖",
    RunState.LOST: "?",
}
ASCII_SIGNS: Final[Mapping[RunState, str]] = {
    RunState.QUEUED: ".",
    RunState.STARTING: ">",
    RunState.RUNNING: ">",
    RunState.FINISHED: "*",
    RunState.FAILED: "x",
    RunState.STOPPED: "#",
    RunState.PAUSED: "=",
    RunState.LOST: "?",
}
# What a state is like: names of component classes.
TONES: Final[Mapping[RunState, str]] = {
    RunState.QUEUED: "muted",
    RunState.STARTING: "live",
    RunState.RUNNING: "live",
    RunState.FINISHED: "good",
    RunState.FAILED: "bad",
    RunState.STOPPED: "warning",
    RunState.PAUSED: "warning",
    RunState.LOST: "bad",
}


def sign_of(state: RunState, charset: Charset) -> str:
    """One character for a state."""
    return (ASCII_SIGNS if charset == "ascii" else SIGNS)[state]


def score(value: float | None) -> str:
    """An accuracy or a loss."""
    return ABSENT if value is None else four_digits(value)


def span(seconds: float | None) -> str:
    """`41 s`, `2m 10s`, `1h 02m`, `3d 04h`."""
    if seconds is None:
        return ABSENT
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE}m {whole % MINUTE:02}s"
    if whole < DAY:
        return f"{whole // HOUR}h {whole % HOUR // MINUTE:02}m"
    return f"{whole // DAY}d {whole % DAY // HOUR:02}h"


def roughly(seconds: float) -> str:
    """`50s`, `7m`, `2h`, `3d`: for what will pass anyway."""
    whole = max(0, round(seconds))
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE)):
        if whole >= size:
            return f"{round(whole / size)}{unit}"
    return f"{whole}s"


def count(many: int, one: str, several: str = "") -> str:
    """`1 run`, `5 runs`, `7,850 parameters`."""
    return f"{many:,} {one if many == 1 else several or one + 's'}"


def large(number: float | None) -> str:
    """`1.4 M`; a dash where unknown."""
    if number is None:
        return ABSENT
    value = float(number)
    for unit in ("", " k", " M"):
        if value < THOUSAND - 0.5:  # what is less would be rounded to 1e+03
            return f"{value:.3g}{unit}"
        value /= THOUSAND
    return f"{value:.3g} G"


def setting(value: object) -> str:
    """A setting's value as a person writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return ", ".join(map(setting, value)) or "none"
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else printable(str(value))


def lines_of(text: str) -> str:
    """A text without control characters but its line ends."""
    return "\n".join(map(printable, text.split("\n")))


def short_id(run_id: str) -> str:
    """`k3f` of `20261123-091502-k3f`: what a person says; the whole of any other name."""
    parts = run_id.split("-")
    is_ours = len(parts) == 3 and parts[0].isdigit() and parts[1].isdigit()  # noqa: PLR2004 - date, time, mark
    return parts[2] if is_ours else printable(run_id)


def seed_words(run: Entry) -> str:
    """`seed 2`; nothing for the first, which is the usual one, and where it is not known."""
    seed = run.facts.get("seed")
    return "" if seed in (None, 1) else f"seed {printable(str(seed))}"


def machine_words(snapshot: ProjectSnapshot) -> list[str]:
    """`logs/`, `cpu 2/2 busy`, `no gpu`, `data real`: the least important first."""
    if not snapshot.is_loaded:
        return []
    words = [f"{printable(snapshot.logs.name or str(snapshot.logs))}/"]
    if snapshot.foreign:
        return [*words, "TensorBoard logs", "read only"]
    words += [f"data {snapshot.data}"] * bool(snapshot.data)
    if snapshot.read_only:
        return [*words, "read only"]
    return [*words, *slot_words(snapshot.slots), *["queue held"] * snapshot.is_held]


def no_run(snapshot: ProjectSnapshot) -> str:
    """Of a row that has none."""
    return "there is no run under the cursor" if snapshot.read_only else "it has no run yet: `r` runs it"


def slot_words(slots: Mapping[str, str]) -> list[str]:
    """How many slots of each kind of device are taken."""
    total = Counter(map(device_of, slots))
    busy = Counter(device_of(slot) for slot, key in slots.items() if key != FREE)
    words = [f"{device} {busy[device]}/{many} busy" for device, many in total.items()]
    return words + [NO_GPU] * (bool(total) and "gpu" not in total)


def device_of(slot: str) -> str:
    """`cpu` or `gpu`, of a slot's name."""
    return "cpu" if slot.startswith("cpu") else "gpu"


def named_key(key: str) -> str:
    """`cnn1 k3f`."""
    experiment, _, run_id = key.partition("/")
    return f"{printable(experiment)} {short_id(run_id)}".rstrip()


def short_paths(paths: Iterable[str]) -> dict[str, str]:
    """Key paths of settings by their last parts, as far as these tell them apart; `optimizer.name` is the optimizer."""
    ends = {path: path.split(".") for path in paths}
    short = {
        path: parts[-2] if parts[-1] in NAMES and len(parts) > 1 else parts[-1]
        for path, parts in ends.items()
    }
    return {path: end if list(short.values()).count(end) == 1 else path for path, end in short.items()}
