"""Runs outlive terminals, supervisors, and workers: the installed program, real trainings."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import fakes
from support.cli import FASHIONTUI, call, environment, events

from fashiontui.runs.record import RunRecord
from fashiontui.runs.registry.entry import Entry
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.presence import supervisor_pid
from fashiontui.tfevents.reader import RunReader

EPOCHS = "120"  # some seconds even on a fast machine: the commands that break in take a second each
LONG = (
    "--set",
    "dataset.train_size=20000",
    "--set",
    "instrumentation.checkpoint_seconds=0",
    "--threads",
    "1",
)


def entries(folder: Path) -> list[Entry]:
    with Registry.open(folder / "logs", warn=pytest.fail) as registry:
        return registry.entries()


def states(folder: Path) -> list[RunState]:
    """Of all runs, sorted by name: where a run stands in the list depends on its random suffix, and on its state."""
    return sorted(entry.state for entry in entries(folder))


def state_of(folder: Path, run: Entry) -> RunState:
    return next(entry.state for entry in entries(folder) if entry.key == run.key)


def until(happened: Callable[[], bool], folder: Path) -> None:
    """Wait until it happens; where it does not, what is known of the runs and what the supervisor said is told."""

    def witness() -> str:
        log = folder / "logs" / "supervisor.log"
        return "\n".join([*map(str, entries(folder)), log.read_text() if log.exists() else "no supervisor"])

    fakes.until(happened, witness)


def until_trained_for_a_while(folder: Path, epochs: int = 2) -> Entry:
    """Until the first live run has come so far."""

    def there() -> Entry | None:
        for entry in entries(folder):
            if entry.state is RunState.RUNNING and entry.worker is not None:
                reader = RunReader(entry.paths(folder / "logs").root, scalars_only=True)
                reader.poll()
                if len(reader.scalars.get("progress/epoch", ())) >= epochs:
                    return entry
        return None

    until(lambda: there() is not None, folder)
    found = there()
    assert found is not None
    return found


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    fakes.until(lambda: not Path(f"/proc/{pid}").exists() or _is_zombie(pid))


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def leaving_nothing(folder):
    """Whatever a test leaves to itself is ended after it."""
    yield folder
    call(folder, "stop", "--now", "status:running,starting,queued")
    until(lambda: not any(entry.state.is_live for entry in entries(folder)), folder)
    pid = supervisor_pid(folder / "logs")
    if pid:
        os.kill(pid, signal.SIGTERM)
        until(lambda: supervisor_pid(folder / "logs") is None, folder)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_three_runs_finish_though_their_terminal_is_killed(leaving_nothing):
    folder = leaving_nothing
    socket = f"fashiontui-test-{os.getpid()}"
    command = shlex.join([*FASHIONTUI, "run", "lr", "--seeds", "3", "--epochs", EPOCHS, *LONG])
    tmux = ("tmux", "-L", socket, "-f", "/dev/null")
    subprocess.run(
        [*tmux, "new-session", "-d", "-x", "80", "-y", "24", command],
        cwd=folder,
        env=environment(folder),
        check=True,
    )
    until(lambda: (folder / "logs").exists() and RunState.RUNNING in states(folder), folder)
    subprocess.run([*tmux, "kill-server"], check=True)
    assert RunState.FINISHED not in states(folder)
    for count in (1, 2, 3):  # on a machine that is busy each takes its time
        until(lambda least=count: states(folder).count(RunState.FINISHED) >= least, folder)
    for entry in entries(folder):
        record = RunRecord.load(entry.paths(folder / "logs").record)
        assert record.result is not None
        assert entry.facts["test_accuracy"] == record.result.test_accuracy


def test_a_killed_supervisor_costs_no_run(leaving_nothing):
    folder = leaving_nothing
    assert call(folder, "run", "lr", "--seeds", "2", "--epochs", EPOCHS, *LONG, "--detach").returncode == 0
    until_trained_for_a_while(folder)
    pid = supervisor_pid(folder / "logs")
    assert pid
    kill(pid)
    worker = next(entry.worker for entry in entries(folder) if entry.worker is not None)
    assert worker.is_alive()
    assert call(folder, "resume", "status:queued").returncode == 0  # any client that has work for one
    until(lambda: states(folder) == [RunState.FINISHED] * 2, folder)
    assert [entry.attempts for entry in entries(folder)] == [1, 1]


def test_a_killed_worker_has_failed_the_queue_goes_on_and_resume_is_exact(leaving_nothing):
    folder = leaving_nothing
    undisturbed = call(folder, "run", "lr", "--epochs", EPOCHS, *LONG, "--json")
    call(folder, "run", "lr", "--epochs", EPOCHS, *LONG, "--detach")
    call(folder, "run", "lr", "--epochs", "1", "--detach")
    victim = until_trained_for_a_while(folder)
    kill(victim.worker.pid)
    until(lambda: state_of(folder, victim) is RunState.FAILED, folder)
    until(lambda: states(folder).count(RunState.FINISHED) == 2, folder)  # the undisturbed one, and the next
    failure = RunRecord.load(victim.paths(folder / "logs").record).failure
    assert "killed by SIGKILL" in failure.message
    assert "on cpu" in failure.message  # its last words
    assert call(folder, "resume", victim.run_id).returncode == 0
    until(lambda: state_of(folder, victim) is RunState.FINISHED, folder)
    record = RunRecord.load(victim.paths(folder / "logs").record)
    assert record.attempts[-1].from_step > 0
    assert record.result.weights_sha256 == events(undisturbed.stdout)[-1]["weights_sha256"]


def test_everything_killed_at_once_is_lost_and_resumes(leaving_nothing):
    folder = leaving_nothing
    call(folder, "run", "lr", "--epochs", EPOCHS, *LONG, "--detach")
    victim = until_trained_for_a_while(folder)
    pid = supervisor_pid(folder / "logs")
    os.kill(pid, signal.SIGKILL)
    kill(victim.worker.pid)
    call(folder, "run", "lr", "--epochs", "1", "--detach")
    until(lambda: states(folder) == [RunState.FINISHED, RunState.LOST], folder)
    call(folder, "resume", "status:lost")
    until(lambda: states(folder) == [RunState.FINISHED] * 2, folder)


def test_pause_frees_the_device_and_the_curve_goes_on_without_a_zigzag(leaving_nothing):
    folder = leaving_nothing
    call(folder, "run", "lr", "--epochs", EPOCHS, *LONG, "--detach")
    call(folder, "run", "lr", "--epochs", "1", "--detach")
    paused = until_trained_for_a_while(folder)
    assert call(folder, "pause", paused.run_id).returncode == 0
    until(lambda: states(folder) == [RunState.FINISHED, RunState.PAUSED], folder)
    assert call(folder, "resume", paused.run_id).returncode == 0
    until(lambda: states(folder) == [RunState.FINISHED] * 2, folder)
    root = paused.paths(folder / "logs").root
    reader = RunReader(root, scalars_only=True)
    while reader.poll():
        pass
    ours = reader.scalars["loss/valid"].steps.tolist()
    assert ours == sorted(set(ours))
    assert len(ours) == int(EPOCHS)
    assert tensorboards_steps(root, "loss/valid") == ours


def tensorboards_steps(root: Path, tag: str) -> list[int]:
    program = (
        "import sys; from tensorboard.backend.event_processing.event_accumulator import EventAccumulator as E;"
        "e = E(sys.argv[1], {'scalars': 0}); e.Reload(); print(*(s.step for s in e.Scalars(sys.argv[2])))"
    )
    command = [FASHIONTUI[0], "-W", "ignore", "-c", program, str(root), tag]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(step) for step in done.stdout.split()]


def test_idle_supervisors_leave(leaving_nothing):
    folder = leaving_nothing
    call(folder, "run", "lr", "--epochs", "1", "--detach")
    assert supervisor_pid(folder / "logs")
    until(lambda: states(folder) == [RunState.FINISHED], folder)
    time.sleep(0.1)
    assert supervisor_pid(folder / "logs"), "it lingers, so that the next start is warm"
