"""Charts are pure but for their widgets, and one module knows plotext."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import fashiontui.tui.charts

FOLDER = Path(fashiontui.tui.charts.__file__).parent
WIDGETS = {"chart.py", "scatter.py", "histograms.py", "sheet.py", "strips.py", "keys.py"}
PURE = sorted(
    path.stem for path in FOLDER.glob("*.py") if path.name not in WIDGETS and path.stem != "__init__"
)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_one_module_imports_plotext(path):
    assert ("import plotext" in path.read_text() or "from plotext" in path.read_text()) == (
        path.name == "figure.py"
    )


def test_what_is_pure_needs_no_textual_and_nothing_heavy_to_start():
    imports = ", ".join(f"fashiontui.tui.charts.{name}" for name in PURE if name != "picture")
    code = f"import sys, {imports}; print([m for m in ('textual', 'plotext', 'PIL', 'torch', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
