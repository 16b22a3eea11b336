"""An event file of a million scalars, opened in the app: how soon there is a curve, and whether keys are answered meanwhile.

    python benchmarks/longlog.py [--records 1000000] [--rounds 3] [--json FILE]

first curve    seconds from `enter` on the run until the first dots of a curve are written
all read       seconds until every byte of the file was read
settled        seconds until the curves of all points are drawn, and nothing more comes
key            ms from a key press until the terminal gets an answer, from `enter` until it has settled: median, longest
thousand more  ms of CPU that a thousand new scalars cost until they are drawn; beside it, the same time without any

Prints medians of the rounds beside their targets, and writes JSON with `--json FILE`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from terminal import Terminal
from tfevents import _record, _written

TARGETS = {"first_curve_s": 0.5, "all_read_s": 1.5, "key_longest_ms": 50.0}
DOTS = re.compile(rb"\xe2[\xa0-\xa3][\x80-\xbf]")  # braille
ON_SCREEN = b"accuracy"  # on the run screen alone
KEYS = (b"\t", b"\x1b[Z")  # tab, shift+tab
KEY_S = 0.05  # between keys, as a held one repeats: pressed faster, they take the time that reading needs
QUIET_S = 1.0  # without a byte: it has settled
WATCHED_S = 4.0
MORE = 1000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = _written(Path(name) / "run", options.records)
        size = path.stat().st_size
        rounds = [measured(path, size, options.records) for _ in range(options.rounds)]
    figures = {key: round(statistics.median(each[key] for each in rounds), 3) for key in rounds[0]}
    print(
        f"{options.records:,} scalars, {size / 1e6:.1f} MB; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    for key, value in figures.items():
        print(f"  {key:18} {value:8}" + (f"  (target {TARGETS[key]:g})" if key in TARGETS else ""))
    if options.json:
        options.json.write_text(json.dumps({"figures": figures, "rounds": rounds}, indent=2) + "\n")


def measured(path: Path, size: int, records: int) -> dict[str, float]:
    logs = path.parent.parent
    terminal = Terminal([sys.executable, "-m", "fashiontui", "--logs", str(logs)], logs)
    try:
        terminal.until(b"run")
        terminal.drain(2.0)
        terminal.press(b"j")
        figures = opened(terminal, size)
        figures["memory_MB"] = terminal.process.memory_info().rss / 1e6
        figures["nothing_new_ms"] = 1000 * cpu_of(terminal, WATCHED_S)
        before = path.stat().st_size
        with path.open("ab") as file:
            file.writelines(_record(records + index) for index in range(MORE))
        figures["thousand_more_ms"] = 1000 * cpu_of(terminal, WATCHED_S)
        os.truncate(path, before)
    finally:
        terminal.close()
    return {key: round(value, 4) for key, value in figures.items()}


def opened(terminal: Terminal, size: int) -> dict[str, float]:
    """From `enter` on; keys are pressed all the while, each when the one before was answered, 20 a second at most."""
    read_before = rchar(terminal.process)
    begun = time.perf_counter()
    terminal.press(b"\r")
    first = all_read = 0.0
    answers: list[float] = []
    last_byte = pressed = begun
    is_waiting = there = False
    while time.perf_counter() - last_byte < QUIET_S:
        data = terminal.read(0.01)
        now = time.perf_counter()
        there = there or ON_SCREEN in data
        has_dots = there and DOTS.search(data) is not None
        if data and is_waiting:
            answers.append(now - pressed)
            is_waiting = False
        if data:
            last_byte = now if not all_read or has_dots else last_byte
            first = first or (now - begun if has_dots else 0.0)
        if not all_read and rchar(terminal.process) - read_before >= size:
            all_read = last_byte = now
        is_due = not is_waiting and now - pressed >= KEY_S
        if not data and is_due and first and not all_read:
            terminal.press(KEYS[len(answers) % len(KEYS)])
            pressed, is_waiting = now, True
    return {
        "first_curve_s": first,
        "all_read_s": all_read - begun,
        "settled_s": last_byte - begun,
        "key_median_ms": 1000 * statistics.median(answers or [0.0]),
        "key_longest_ms": 1000 * max(answers, default=0.0),
        "keys": len(answers),
    }


def rchar(process: psutil.Process) -> int:
    """Bytes it has read so far, from wherever."""
    return int(process.io_counters().read_chars)


def cpu_of(terminal: Terminal, seconds: float) -> float:
    """Seconds of CPU within so many."""
    before = terminal.process.cpu_times()
    terminal.drain(seconds)
    after = terminal.process.cpu_times()
    return after.user + after.system - before.user - before.system


if __name__ == "__main__":
    main()
