"""What the app costs whoever looks on: while eight runs train, in a terminal of 120x40.

    python benchmarks/app.py [--runs 8] [--seconds 30] [--epoch 1] [--screens experiments,run,compare] [--minutes 0] [--training]

first paint  seconds from the start of the program until its first line is written; and of CPU, for a busy machine; beside
             them what a Textual app of one line takes, started in turns with ours: no app of this kind is quicker.
             And the share of a core which that one takes while it does nothing: Textual looks for keys ten times a second
keys         ms from a key press until the terminal gets the answer: median, p95
cpu          the app's share of one core while nobody presses a key
output       bytes a second written to the terminal meanwhile
memory       resident, MB, at the end; with `--minutes`, also how much it grew over so many minutes of replay; with
             `--hour`, on the run screen, at seven moments of an hour of ten-second epochs, replayed in 90 seconds
imports      whether torch and the like were loaded

The runs are replayed (benchmarks/replay.py): their files change as if they were training, and cost no CPU. With `--training`
they do train, all at once, networks of the synthetic dataset: the app has to get along beside them. Prints the figures beside
their targets, and writes JSON with `--json FILE`.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import itertools
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from terminal import Terminal

from fashiontui.config.files import shipped_config

TARGETS = {
    "first_paint_s": 0.5,
    "key_p95_ms": 50.0,
    "cpu_percent": 5.0,
    "output_kB_s": 20.0,
    "memory_MB": 100.0,
}
KEYS = 60
EPOCH_S = 10.0  # of the hour's runs
HOUR_S = 90.0  # that it is replayed in
IDLE_S = 10.0
TRAINED = ("lr", "ann1", "ann2", "cnn1")
ON_AND_ON = ("--dataset", "synthetic", "--epochs", "1000", "--set", "training.patience=0", "--detach")
BEGUN_S = 20.0  # until all have imported what they need, and train
NEVER = ("libtorch", "sklearn", "matplotlib", "tensorboard")
HERE = Path(__file__).parent
ONE_LINE = """
from textual.app import App
from textual.widgets import Static

class OneLine(App):
    def compose(self):
        yield Static("Experiments")

OneLine().run()
"""


@contextlib.contextmanager
def replaying(logs: Path, runs: int, seconds: float, epoch_s: float = 1.0) -> Iterator[None]:
    """While the block lasts, so many runs get on."""
    command = [
        sys.executable,
        str(HERE / "replay.py"),
        str(logs),
        "--runs",
        str(runs),
        "--seconds",
        str(seconds),
        "--epoch",
        str(epoch_s),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield
        finally:
            process.kill()


@contextlib.contextmanager
def training(command: list[str], folder: Path, runs: int) -> Iterator[None]:
    """While the block lasts, so many runs train, all at once."""
    config = folder / "experiments.toml"
    config.write_text(f"[devices]\ncpu = {runs}\n\n{config.read_text()}")
    call = functools.partial(subprocess.run, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    names = itertools.islice(itertools.cycle(TRAINED), runs)
    for number, name in enumerate(names):
        call([*command, "run", name, "--seed", str(number), *ON_AND_ON], stderr=subprocess.DEVNULL)
    try:
        time.sleep(BEGUN_S)
        yield
    finally:
        call([*command, "stop", "--now", "state:queued,starting,running"])


def measure(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, object]]:
    report: dict[str, dict[str, object]] = {}
    command = [sys.executable, "-m", "fashiontui"]
    long = 120 + 4 * options.seconds * len(options.screens.split(",")) + 60 * options.minutes
    with (
        training(command, folder, options.runs)
        if options.training
        else replaying(folder / "logs", options.runs, long, options.epoch)
    ):
        report["start"] = first_paint(command, folder)
        for screen in options.screens.split(","):
            report[screen] = on_screen(command, folder, screen, options)
    if options.hour:
        report["hour"] = {"memory_MB_over_time": an_hour(command, folder / "hour", options.runs)}
    return report


def an_hour(command: list[str], folder: Path, runs: int) -> list[float]:
    """Memory every sixth of it, MB."""
    folder.mkdir()
    shutil.copy(shipped_config(), folder / "experiments.toml")  # else the project would be the one above
    with replaying(folder / "logs", runs, HOUR_S + 60, EPOCH_S * HOUR_S / 3600):
        terminal = Terminal(command, folder)
        terminal.until(b"Queue")
        terminal.drain(2.0)
        _go_to(terminal, "run")
        terminal.drain(4.0)
        seen = [_memory(terminal)]
        for _ in range(6):
            terminal.drain(HOUR_S / 6)
            seen.append(_memory(terminal))
        terminal.close()
    return seen


def _memory(terminal: Terminal) -> float:
    return round(terminal.process.memory_info().rss / 1e6, 1)


def first_paint(command: list[str], folder: Path, times: int = 7) -> dict[str, object]:
    """The medians of several starts in turns; the first ones, which may have to compile, do not count."""
    least = [sys.executable, "-c", ONE_LINE]
    ours, theirs = zip(
        *((_start(command, folder), _start(least, folder)) for _ in range(times + 1)), strict=True
    )
    idle = Terminal(least, folder)
    idle.until(b"Experiments")
    idle.drain(2.0)
    share = _cpu(idle, IDLE_S)[0]
    idle.close()
    (paint, cpu), (least_paint, least_cpu) = (
        [statistics.median(figures) for figures in zip(*starts[1:], strict=True)] for starts in (ours, theirs)
    )
    return {
        "first_paint_s": round(paint, 3),
        "first_paint_cpu_s": round(cpu, 3),
        "one_line_s": round(least_paint, 3),
        "one_line_cpu_s": round(least_cpu, 3),
        "ratio": round(paint / least_paint, 2),
        "one_line_cpu_percent": share,
    }


def _start(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds until something is seen, and of CPU."""
    terminal = Terminal(command, folder)
    taken = terminal.until(b"Experiments") - terminal.begun
    worked = sum(terminal.process.cpu_times()[:2])
    terminal.drain(1.0)
    terminal.close()
    return taken, worked


def on_screen(
    command: list[str], folder: Path, screen: str, options: argparse.Namespace
) -> dict[str, object]:
    (folder / "logs" / ".fashiontui-app.json").unlink(missing_ok=True)
    terminal = Terminal(command, folder)
    terminal.until(b"Queue")
    terminal.drain(2.0)
    _go_to(terminal, screen)
    terminal.drain(4.0)
    there_and_back = (b"j", b"k") if screen == "experiments" else (b"\t", b"\x1b[Z")  # tab, shift+tab
    taken = []
    for key in there_and_back * (KEYS // 2):
        terminal.drain(0.1)
        taken.append(terminal.key(key))
    terminal.drain(2.0)
    written, begun = terminal.written, time.perf_counter()
    cpu, system = _cpu(terminal, options.seconds)
    seconds = time.perf_counter() - begun
    memory = terminal.process.memory_info().rss / 1e6
    figures: dict[str, object] = {
        "key_median_ms": round(1000 * statistics.median(taken), 1),
        "key_p95_ms": round(1000 * statistics.quantiles(taken, n=20)[-1], 1),
        "cpu_percent": cpu,
        "of_it_system": system,
        "output_kB_s": round((terminal.written - written) / seconds / 1000, 2),
        "memory_MB": round(memory, 1),
        "loaded": [name for name in NEVER if name in Path(f"/proc/{terminal.pid}/maps").read_text()],
    }
    if options.minutes:
        terminal.drain(60 * options.minutes)
        figures["memory_grew_MB"] = round(terminal.process.memory_info().rss / 1e6 - memory, 1)
    terminal.close()
    return figures


def _cpu(terminal: Terminal, seconds: float) -> tuple[float, float]:
    """Percent of a core that it takes for so long; and how much of it is the kernel's work for it."""
    before, begun = terminal.process.cpu_times(), time.perf_counter()
    terminal.drain(seconds)
    after, passed = terminal.process.cpu_times(), time.perf_counter() - begun
    system = after.system - before.system
    both = after.user - before.user + system
    return round(100 * both / passed, 2), round(100 * system / passed, 2)


def _go_to(terminal: Terminal, screen: str) -> None:
    if screen == "run":
        terminal.press(b"j")
        terminal.drain(0.3)
        terminal.press(b"\r")
    elif screen == "compare":
        terminal.press(b"c")
    elif screen == "data":
        terminal.press(b"4")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--epoch", type=float, default=1.0, help="seconds an epoch of the replayed runs")
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--hour", action="store_true")
    parser.add_argument("--screens", default="experiments,run,compare")
    parser.add_argument("--training", action="store_true", help="beside runs that do train")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(shipped_config(), folder / "experiments.toml")
        report = measure(folder, options)
    for part, figures in report.items():
        for key, value in figures.items():
            target = f"  (target {TARGETS[key]:g})" if key in TARGETS else ""
            print(f"{part:12} {key:16} {value}{target}")
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
