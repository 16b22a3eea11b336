"""A worker as the front ends know it, without torch: `fake_worker.py BEHAVIOUR RUN_FOLDER [--resume]`.

Behaviours: `finish`, `slow` (a second or two), `late` (works once the file `go` is in its folder), `endless` (until told to stop), `deaf` (and ignores being told), `crash` (a traceback), `quiet` (exit 0
without a word), `device` (fails as an absent device does), `die` (SIGKILL to itself mid-run), `parent` (endless, with a
forked child that would outlive it), `as-told` (what the file `behaviour` in the run's folder says).
"""

from __future__ import annotations

import os
import signal
import struct
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from fashiontui.runs import lock
from fashiontui.runs.paths import RunPaths
from fashiontui.runs.progress import Progress
from fashiontui.runs.record import Attempt, DatasetFacts, Failure, ModelFacts, Result, RunRecord
from fashiontui.runs.state import RunState
from fashiontui.tfevents.records import frame

STEPS_PER_EPOCH = 10
PACE_S = {"slow": 0.05, "endless": 0.05, "parent": 0.05, "deaf": 0.5}  # seconds a step
asked: list[RunState] = []


def main(behaviour: str, folder: str, resume: bool) -> int:
    paths = RunPaths(Path(folder))
    if behaviour == "as-told":
        told = paths.root / "behaviour"
        behaviour = told.read_text() if told.exists() else "finish"
    listen(behaviour)
    while behaviour == "late" and not (paths.root / "go").exists():
        time.sleep(0.01)
    with lock.hold(paths.root):
        if behaviour == "parent" and os.fork() == 0:
            time.sleep(600)
            os._exit(0)
        record = RunRecord.load(paths.record)
        if record.state not in (RunState.QUEUED, RunState.STARTING):
            return 0  # as the real one: another worker has carried it out meanwhile
        if behaviour == "device":
            failure = Failure(kind="DeviceError", message="no CUDA device here", hint="Use cpu.", exit_code=2)
            record.in_state(RunState.FAILED, failure=failure).save(paths.record)
            return 2
        done = int(paths.checkpoint.read_text()) if resume and paths.checkpoint.exists() else 0
        attempts = (*record.attempts, attempt(done * STEPS_PER_EPOCH))
        events = EventFile(paths, done * STEPS_PER_EPOCH if resume else None)
        record = record.in_state(
            RunState.RUNNING, dataset=facts(record), model=model_facts(), attempts=attempts
        )
        record.save(paths.record)
        sys.stdout.write("fake worker at work\n")
        sys.stdout.flush()
        return work(behaviour, paths, record, events, done)


def work(behaviour: str, paths: RunPaths, record: RunRecord, events: EventFile, done: int) -> int:
    epochs = 1000 if behaviour in ("endless", "parent", "deaf") else record.spec.training.epochs
    for epoch in range(done + 1, epochs + 1):
        for step in range((epoch - 1) * STEPS_PER_EPOCH + 1, epoch * STEPS_PER_EPOCH + 1):
            glance(paths, step, epoch, epochs)
            time.sleep(PACE_S.get(behaviour, 0.002))
            if asked:
                return leave(paths, record)
        events.epoch(epoch)
        keep(paths, epoch)
        if behaviour == "crash":
            raise ValueError("the fake network has lost its mind")
        if behaviour == "quiet":
            return 0
        if behaviour == "die":
            os.kill(os.getpid(), signal.SIGKILL)
    record.in_state(RunState.FINISHED, result=result(epochs)).save(paths.record)
    with (paths.root / "endings").open(
        "a"
    ) as endings:  # for tests that count how often a run was carried out
        endings.write(f"{os.getpid()}\n")
    return 0


def keep(paths: RunPaths, epoch: int) -> None:
    """Whole or not at all, as the real one does: tests kill this process at any moment."""
    draft = paths.checkpoint.with_suffix(".tmp")
    draft.write_text(str(epoch))
    draft.replace(paths.checkpoint)


class EventFile:
    """An event file with the scalars a front end reads, encoded by hand: TensorBoard is slow to import."""

    def __init__(self, paths: RunPaths, resumed_at: int | None) -> None:
        self._path = paths.root / f"events.out.tfevents.{time.time_ns():020}.host.1"
        self._write(field(3, b"brain.Event:2"))
        if resumed_at is not None:
            self._write(step_field(resumed_at + 1) + field(7, b"\x08\x01"))  # SessionLog START

    def epoch(self, epoch: int) -> None:
        values = {
            "progress/epoch": epoch,
            "loss/train": 1 / epoch,
            "loss/valid": 1.5 / epoch,
            "accuracy/train": 0.9,
            "accuracy/valid": 0.88,
            "speed/samples_per_second": 1234.5,
        }
        summary = b"".join(
            field(1, field(1, tag.encode()) + b"\x15" + struct.pack("<f", value))
            for tag, value in values.items()
        )
        self._write(step_field(epoch * STEPS_PER_EPOCH) + field(5, summary))

    def _write(self, payload: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(frame(b"\x09" + struct.pack("<d", time.time()) + payload))


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def step_field(step: int) -> bytes:
    return b"\x10" + varint(step)


def varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def attempt(from_step: int) -> Attempt:
    return Attempt(
        started=datetime.now(UTC),
        device="cpu",
        device_name="Some CPU",
        threads=2,
        pid=os.getpid(),
        from_step=from_step,
    )


def listen(behaviour: str) -> None:
    meanings = {signal.SIGTERM: RunState.STOPPED, signal.SIGUSR1: RunState.PAUSED}
    for number, state in meanings.items():
        ignore = behaviour == "deaf"
        signal.signal(number, signal.SIG_IGN if ignore else lambda *_, state=state: asked.append(state))


def leave(paths: RunPaths, record: RunRecord) -> int:
    record.in_state(asked[0]).save(paths.record)
    return 130 if asked[0] is RunState.STOPPED else 0


def glance(paths: RunPaths, step: int, epoch: int, epochs: int) -> None:
    Progress(
        phase="training",
        step=step,
        steps=epochs * STEPS_PER_EPOCH,
        epoch=epoch,
        epochs=epochs,
        samples_per_second=1234.5,
        eta_seconds=1.0,
        batch_loss=0.5,
    ).save(paths.progress)


def facts(record: RunRecord) -> DatasetFacts:
    name = record.spec.dataset.name
    return DatasetFacts(
        name=name,
        synthetic=name == "synthetic",
        source="made up",
        fingerprint="00",
        classes=("a", "b"),
        train_size=100,
        valid_size=10,
        test_size=10,
    )


def model_facts() -> ModelFacts:
    return ModelFacts(parameters=7850, multiply_adds=7840, layers=())


def result(epochs: int) -> Result:
    return Result(
        test_accuracy=0.875,
        test_loss=0.5,
        valid_accuracy=0.88,
        valid_loss=0.4,
        train_accuracy=0.9,
        train_loss=0.3,
        generalisation_gap=0.02,
        best_epoch=epochs,
        last_valid_accuracy=0.88,
        last_valid_loss=0.4,
        epochs=epochs,
        steps=epochs * STEPS_PER_EPOCH,
        train_seconds=1.5,
        total_seconds=2.5,
        samples_per_second=1234.5,
        weights_sha256="0" * 64,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], "--resume" in sys.argv[3:]))
