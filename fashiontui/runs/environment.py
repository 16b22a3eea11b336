"""Where and with what a run was made: enough to know later why it can't be repeated to the bit."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

PACKAGES: Final = (
    "fashiontui",
    "torch",
    "torchvision",
    "numpy",
    "scikit-learn",
    "pydantic",
    "protobuf",
    "tensorboard",
    "google-crc32c",
)
DIFF_LIMIT: Final = 200_000  # characters
FILES_LIMIT: Final = 100
GIT_PATIENCE_S: Final = 10.0


def collect_environment(folder: Path, argv: Sequence[str]) -> dict[str, Any]:
    """Command line, versions, machine, and the git state of `folder`; nothing is imported to find out."""
    return {
        "argv": [told(word) for word in argv],
        "python": platform.python_version(),
        "executable": told(sys.executable),
        "platform": platform.platform(),
        "host": platform.node(),
        "cpu": cpu_model(),
        "packages": package_versions(PACKAGES),
        "git": git_state(folder),
    }


def told(word: str) -> str:
    """A word of a command line, with bytes that are not UTF-8 told by their numbers: JSON has none."""
    return os.fsencode(word).decode("utf-8", "backslashreplace")


def package_versions(names: Sequence[str]) -> dict[str, str]:
    """Versions of the named packages that are installed."""
    versions: dict[str, str] = {}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def cpu_model() -> str:
    """The processor's model name, or its architecture where the system does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def git_state(folder: Path) -> dict[str, Any] | None:
    """Commit, and what differs from it (the diff's beginning, names of untracked files); None outside git."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    diff = _git(folder, "diff", "HEAD", "--no-ext-diff", "--no-textconv", "--no-color") or ""
    untracked = (_git(folder, "ls-files", "--others", "--exclude-standard") or "").splitlines()
    return {
        "commit": commit.strip(),
        "dirty": bool(diff or untracked),
        "diff": diff[:DIFF_LIMIT],
        "diff_cut": len(diff) > DIFF_LIMIT,
        "untracked": untracked[:FILES_LIMIT],
    }


def _git(folder: Path, *arguments: str) -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(
            [git, "-C", str(folder), *arguments], capture_output=True, check=True, timeout=GIT_PATIENCE_S
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")
