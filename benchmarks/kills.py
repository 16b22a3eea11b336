"""200 kills at random moments: no run lost, none carried out twice, nothing left behind.

    python benchmarks/kills.py [--kills 200] [--runs 120] [--slots 2] [--seed 1] [--json FILE]

Runs of a worker that only pretends to train (no torch: the point is who starts, watches and records it) go through the
queue of a logs folder of their own. At random moments a supervisor, a worker, or everything at once is killed with
SIGKILL; then a client does what a user would do: it lets a supervisor start, and resumes what failed or got lost. In
the end every run must have finished, once; the database must be intact, and no process be left. The exit status is 1
where that is not so.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from support.kill_loop import KillLoop


def main() -> int:
    """Kill, look, and say what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--runs", type=int, default=120)
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        loop = KillLoop(Path(folder) / "logs", options.runs, options.slots, random.Random(options.seed))
        findings = loop.run(options.kills)
    kills = ", ".join(f"{count} of {victim}" for victim, count in sorted(findings.kills.items()))
    print(f"kills that hit: {kills}, in {time.monotonic() - started:.0f} s")
    print(f"runs finished: {findings.finished} of {options.runs}")
    print("\n".join(findings.wrongs) or "nothing lost, nothing twice, nothing left behind")
    if options.json:
        facts = {"kills": findings.kills, "finished": findings.finished, "wrongs": findings.wrongs}
        options.json.write_text(json.dumps(facts, indent=2) + "\n")
    return 1 if findings.wrongs or findings.finished != options.runs else 0


if __name__ == "__main__":
    sys.exit(main())
