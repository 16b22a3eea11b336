"""`python -m fashiontui`: the command line."""

from __future__ import annotations

from fashiontui.cli.entry import main

if __name__ == "__main__":
    main()
