"""Which names experiments and studies may have: they become folders, here and on other people's machines."""

from __future__ import annotations

from fashiontui.config.spec import NAME_PATTERN

NAME_LENGTH = 64
OURS = ("registry", "supervisor", "readme")  # what else is in a logs folder
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def why_bad_name(name: str) -> str | None:
    """What is wrong with a name, or None."""
    if not NAME_PATTERN.fullmatch(name):
        return (
            "a name has letters of a to z, digits, `.`, `_` and `-`, and begins with a letter or digit, "
            "for it becomes a folder"
        )
    if len(name) > NAME_LENGTH:
        return f"a name has at most {NAME_LENGTH} characters, this one has {len(name)}"
    stem = name.lower().partition(".")[0]
    if name.endswith(".") or stem in DEVICES:
        return "Windows can't have a folder of this name"
    if stem in OURS:
        return "this name is taken by fashiontui's own files in the logs folder"
    return None
