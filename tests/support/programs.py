"""Workers for the starters' tests, without torch: served by a fork server, or `python -m support.programs NAME RUN_FOLDER`."""

from __future__ import annotations

import atexit
import faulthandler
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from support import fake_worker


class AsTold:
    """The fake worker, behaving as the file `behaviour` in its run's folder says."""

    def main(self, arguments: list[str]) -> int:
        return fake_worker.main("as-told", arguments[0], "--resume" in arguments)

    def foresee(self, run: Path) -> None:
        return None


class Report(AsTold):
    """Writes down what a process finds around it, and ends with status 3."""

    def main(self, arguments: list[str]) -> int:
        run = Path(arguments[0])
        (run / "surroundings.json").write_text(json.dumps({"arguments": arguments[1:], **surroundings()}))
        atexit.register((run / "left").touch)
        sys.stdout.write("no newline at the end")
        return 3


def surroundings() -> dict[str, object]:
    descriptors = {name: str(Path(f"/proc/self/fd/{name}").readlink()) for name in "012"}
    open_now = [Path(f"/dev/fd/{name}") for name in os.listdir("/dev/fd")]  # noqa: PTH208
    others = [path.name for path in open_now if path.name not in "012" and path.exists()]
    return {
        "descriptors": descriptors,
        "other descriptors": others,
        "leads its session": os.getsid(0) == os.getpid(),
        "leads its group": os.getpgid(0) == os.getpid(),
        "signals": {number: str(signal.getsignal(number)) for number in sorted(signal.valid_signals())},
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "wakeup": signal.set_wakeup_fd(-1),
        "cores": sorted(os.sched_getaffinity(0)),
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "nice": os.nice(0),
        "faulthandler": faulthandler.is_enabled(),
        "unbuffered": [stream.write_through for stream in (sys.stdout, sys.stderr)],
        "threads": threading.active_count(),
        "sys.path": sys.path,
        "sys.flags": str(sys.flags),
    }


class Exit(AsTold):
    """Leaves as the file `code` in its run's folder says."""

    def main(self, arguments: list[str]) -> int:
        sys.exit(json.loads((Path(arguments[0]) / "code").read_text()))


class Sleeper(AsTold):
    """Never gets as far as to listen to signals."""

    def main(self, arguments: list[str]) -> int:
        (Path(arguments[0]) / "asleep").touch()
        time.sleep(600)
        return 0


class Broken(AsTold):
    """Can't be imported."""

    def __init__(self) -> None:
        raise ImportError("no torch on this machine")


class Threaded(AsTold):
    """Importing it starts a thread."""

    def __init__(self) -> None:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()


class Endless(AsTold):
    """Importing it never ends."""

    def __init__(self) -> None:
        time.sleep(600)


class Foreseeing(Report):
    """Prepares something for runs to come; what came of it is in the later ones' arguments."""

    def __init__(self) -> None:
        self.errands = 0

    def main(self, arguments: list[str]) -> int:
        return super().main([*arguments, f"errands={self.errands}"])

    def foresee(self, run: Path) -> Errand | None:
        (run / "foreseen").touch()
        if (run / "behaviour").read_text() == "mistake":
            raise ValueError("there is a mistake in what only saves time")
        return Errand(self, run)


class Errand:
    def __init__(self, owner: Foreseeing, run: Path) -> None:
        self.owner = owner
        self.behaviour = (run / "behaviour").read_text()
        self.run_folder = run
        self.descriptor = os.open(os.devnull, os.O_RDONLY)

    def run(self) -> None:
        (self.run_folder / "errand").write_text(str(os.getpid()))
        while self.behaviour == "slow errand" and not (self.run_folder / "enough").exists():
            time.sleep(0.01)
        if self.behaviour == "crash":
            raise ValueError("nothing comes of it")

    def done(self) -> None:
        if self.behaviour == "no room":
            raise MemoryError
        self.owner.errands += 1

    def close(self) -> None:
        os.close(self.descriptor)


if __name__ == "__main__":
    program = globals()[sys.argv[1]]()
    sys.exit(program.main(sys.argv[2:]))
