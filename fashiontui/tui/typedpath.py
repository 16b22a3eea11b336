"""A path that somebody is typing: at any moment it may be half of one."""

from __future__ import annotations

from pathlib import Path

from fashiontui.config.problems import printable


def typed_path(text: str, below: Path) -> tuple[Path, str]:
    """What is meant, below a folder unless it is absolute; and why that can't be a path, empty where it can."""
    said = Path(text.strip())
    try:
        path = below / said.expanduser()
        path.exists()
        path.resolve()
    except RuntimeError:  # of expanduser: nobody is called so; of resolve: links that lead in a circle
        home = said.parts[0] if said.parts[:1] and said.parts[0].startswith("~") else ""
        return (
            below / said,
            f"Nobody's home is {printable(home)}." if home else "Links lead in a circle there.",
        )
    except OSError as error:
        return below / said, f"{error.strerror or error}."
    except ValueError as error:
        return below / said, f"That is no path: {error}."
    return path, ""
