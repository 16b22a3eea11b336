"""What holds for every test."""

from __future__ import annotations

import os

# Read when torch is imported: tests and workers share the cores, and must not wait for each other by spinning.
os.environ.setdefault("GOMP_SPINCOUNT", "2000")
