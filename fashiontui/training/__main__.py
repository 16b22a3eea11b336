"""`python -m fashiontui.training RUN_FOLDER [--resume] [--device D] [--threads N]`: the worker of one run."""

from __future__ import annotations

import sys

from fashiontui.training.worker import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
