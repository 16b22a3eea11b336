"""A worker that is done at once, and imports next to nothing: for tests with hundreds of runs.

It leaves a line in the file `endings` of its run's folder each time it is carried out.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from pathlib import Path

root = Path(sys.argv[1])
with (root / ".lock").open("a") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    record = json.loads((root / "run.json").read_text())
    if record["state"] in ("queued", "starting"):
        with (root / "endings").open("a") as endings:
            endings.write(f"{os.getpid()}\n")
        record["state"] = "stopped"  # of all ends, the one that needs no result
        temporary = root / ".run.json.new"
        temporary.write_text(json.dumps(record))
        temporary.replace(root / "run.json")
