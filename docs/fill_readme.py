"""Copies the main tables of docs/results into the README, between its markers.

    python docs/fill_readme.py

To be run after `fashiontui report -o docs/results`; a test compares the two.
"""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parent
README = DOCS.parent / "README.md"
TABLES = {
    "results": "Results; test values are of the model best on validation",
    "study": "Beside the 2018 study",
}


def main() -> None:
    """Fill all markers."""
    text = README.read_text(encoding="utf-8")
    results = (DOCS / "results" / "README.md").read_text(encoding="utf-8")
    for marker, title in TABLES.items():
        found = re.search(rf"\*\*{re.escape(title)}\*\*\n\n((?:\|.*\n)+)", results)
        if found is None:
            raise SystemExit(f"docs/results has no table called {title!r}")
        begin, end = f"<!-- {marker} -->\n", f"<!-- /{marker} -->"
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}{found[1]}{end}{rest.partition(end)[2]}"
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
