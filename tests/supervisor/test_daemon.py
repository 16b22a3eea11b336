"""The supervisor as a process of its own: one a folder, there when needed, gone when not."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.fakes import fake_command, make_run, until
from support.kill_loop import processes

from fashiontui.errors import RunError
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState
from fashiontui.supervisor.ensure import COMMAND, ensure_supervisor
from fashiontui.supervisor.presence import attached, supervisor_pid
from fashiontui.supervisor.program import PACKAGE, program_stamp
from fashiontui.supervisor.queue import DEVICES, HELD, hold

QUICK_WORKER = Path(__file__).parent.parent / "support" / "quick_worker.py"
CLIENT = """
import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])
from support.fakes import make_run; from fashiontui.runs.registry.store import Registry
logs, client = Path(sys.argv[2]), sys.argv[3]
with Registry.open(logs, warn=print) as registry:
    for number in range(50):
        registry.enqueue([make_run(logs, f"lr{client}", f"20261123-{number:06}-abc")])
"""


def daemon(logs: Path, behaviour: str = "finish", linger_s: float = 0.5) -> tuple[str, ...]:
    return (*COMMAND, "--linger", str(linger_s), "--worker", json.dumps(fake_command(behaviour)))


def until_gone(logs: Path) -> None:
    until(lambda: not any(str(logs) in command for _, command in processes()))


@pytest.fixture
def logs(tmp_path: Path):
    folder = tmp_path / "logs"
    folder.mkdir()
    yield folder
    for pid, command in processes():
        if str(folder) in command:
            os.kill(pid, signal.SIGKILL)


def test_of_two_started_at_once_one_wins(logs):
    command = [*daemon(logs, linger_s=60), str(logs)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    said = [process.stdout.readline() for process in both]
    assert sorted(said) == [b"ready\n", b"taken\n"]
    winner, loser = both if said[0] == b"ready\n" else both[::-1]
    assert loser.wait() == 0
    assert supervisor_pid(logs) == winner.pid
    winner.terminate()
    assert winner.wait() == 0
    for process in both:
        process.stdout.close()


def test_it_ends_when_there_is_nothing_to_do(logs):
    ensure_supervisor(logs, daemon(logs))
    ensure_supervisor(logs, daemon(logs))
    with Registry.open(logs, warn=pytest.fail) as registry:
        paths = make_run(logs)
        registry.enqueue([paths])
        until(lambda: registry.entry(paths.key).state is RunState.FINISHED)
    until_gone(logs)
    said = (logs / "supervisor.log").read_text()
    assert said.count("supervising") == 1
    assert "nothing left to do" in said


def test_when_the_program_was_replaced_a_new_supervisor_starts_what_is_queued(logs, tmp_path, monkeypatch):
    program = tmp_path / "program" / "fashiontui"
    shutil.copytree(PACKAGE, program, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("PYTHONPATH", str(program.parent))
    ensure_supervisor(logs, daemon(logs, linger_s=60))
    first = supervisor_pid(logs)
    with Registry.open(logs, warn=pytest.fail) as registry:
        before, after = make_run(logs), make_run(logs, run_id="20261123-091600-abc")
        registry.enqueue([before])
        until(lambda: registry.entry(before.key).state is RunState.FINISHED)
        assert supervisor_pid(logs) == first
        (program / "errors.py").touch()
        registry.enqueue([after])
        until(lambda: registry.entry(after.key).state is RunState.FINISHED)
    assert supervisor_pid(logs) not in (first, None)
    said = (logs / "supervisor.log").read_text()
    assert said.count("supervising") == 2
    replaced = said.index("the program was replaced")
    assert said.index(f"{before.key}: started") < replaced < said.index(f"{after.key}: started")


def test_it_stays_while_an_app_is_attached(logs):
    with attached(logs):
        ensure_supervisor(logs, daemon(logs, linger_s=0.1))
        with Registry.open(logs, warn=pytest.fail) as registry:
            for number in range(2):  # one after the other, with time to leave between
                paths = make_run(logs, run_id=f"20261123-09150{number}-abc")
                until(lambda: supervisor_pid(logs) is not None)
                registry.enqueue([paths])
                until(lambda paths=paths: registry.entry(paths.key).state is RunState.FINISHED)
        assert (logs / "supervisor.log").read_text().count("supervising") == 1
    until_gone(logs)


def test_it_leaves_when_told_and_its_workers_go_on(logs):
    ensure_supervisor(logs, daemon(logs, "endless"))
    with Registry.open(logs, warn=pytest.fail) as registry:
        paths = make_run(logs)
        registry.enqueue([paths])
        until(lambda: registry.entry(paths.key).worker is not None)
        os.kill(supervisor_pid(logs), signal.SIGTERM)
        until(lambda: supervisor_pid(logs) is None)
        assert registry.entry(paths.key).worker.is_alive()
        ensure_supervisor(logs, daemon(logs))
        registry.ask(paths.key, Wanted.STOP)
        until(lambda: registry.entry(paths.key).state is RunState.STOPPED)
    until_gone(logs)


def test_a_registry_that_is_deleted_under_it_is_made_anew_and_no_run_is_lost(logs):
    ensure_supervisor(logs, daemon(logs, "endless"))
    with Registry.open(logs, warn=pytest.fail) as registry:
        paths = make_run(logs)
        registry.enqueue([paths])
        until(lambda: registry.entry(paths.key).state is RunState.RUNNING)
    for path in logs.glob("registry.sqlite*"):
        path.unlink()
    with Registry.open(logs, warn=pytest.fail) as registry:
        assert registry.entry(paths.key).state is RunState.RUNNING
        registry.ask(paths.key, Wanted.STOP)
        until(lambda: registry.entry(paths.key).state is RunState.STOPPED)
    until_gone(logs)


def test_a_worker_that_is_still_starting_survives_the_deletion_of_the_registry(logs):
    ensure_supervisor(logs, daemon(logs, "late"))
    with Registry.open(logs, warn=pytest.fail) as registry:
        paths = make_run(logs)
        registry.set_setting(DEVICES, '{"cpu": 3}')
        registry.set_setting(HELD, "no")
        registry.enqueue([paths])
        until(lambda: registry.entry(paths.key).worker is not None)
    for path in logs.glob("registry.sqlite*"):
        path.unlink()
    with Registry.open(logs, warn=pytest.fail) as registry:
        until(lambda: registry.entry(paths.key).worker is not None)
        (paths.root / "go").touch()
        until(lambda: registry.entry(paths.key).state is RunState.FINISHED)
        assert registry.setting(DEVICES) == '{"cpu": 3}'
        assert registry.setting(HELD) == "no"
    until_gone(logs)
    assert len((paths.root / "endings").read_text().splitlines()) == 1


def test_a_supervisor_ends_though_runs_wait_in_a_held_queue(logs):
    with Registry.open(logs, warn=pytest.fail) as registry:
        hold(registry, held=True)
        paths = make_run(logs)
        registry.enqueue([paths])
        ensure_supervisor(logs, daemon(logs, "finish"))
        until_gone(logs)
        assert registry.entry(paths.key).state is RunState.QUEUED
        hold(registry, held=False)
        ensure_supervisor(logs, daemon(logs, "finish"))
        until(lambda: registry.entry(paths.key).state is RunState.FINISHED)
    until_gone(logs)


def test_a_folder_that_goes_takes_its_supervisor_with_it(logs):
    ensure_supervisor(logs, daemon(logs, linger_s=60))
    shutil.rmtree(logs)
    until_gone(logs)
    assert not logs.exists()


def test_one_that_can_t_start_says_why(logs):
    with pytest.raises(RunError, match="no supervisor came up"):
        ensure_supervisor(logs, (sys.executable, "-c", "raise SystemExit('it is too dark')"))
    with pytest.raises(RunError, match="it is too dark"):
        ensure_supervisor(logs, (sys.executable, "-c", "raise SystemExit('it is too dark')"))
    with pytest.raises(RunError, match="no supervisor could be started"):
        ensure_supervisor(logs / "none")


def test_eight_clients_queue_fifty_runs_each_and_every_one_is_carried_out_once(logs):
    command = (
        *COMMAND,
        "--linger",
        "1",
        "--worker",
        json.dumps([sys.executable, "-S", "-E", str(QUICK_WORKER)]),
    )
    with Registry.open(logs, warn=pytest.fail) as registry:
        registry.set_setting(DEVICES, json.dumps({"cpu": 8}))
        ensure_supervisor(logs, command)
        tests = str(Path(__file__).parent.parent)
        clients = [
            subprocess.Popen([sys.executable, "-c", CLIENT, tests, str(logs), str(client)])
            for client in range(8)
        ]
        assert [client.wait() for client in clients] == [0] * 8
        ensure_supervisor(logs, command)
        until(lambda: all(entry.state.is_ended for entry in registry.entries()))
        entries = registry.entries()
    assert len({entry.key for entry in entries}) == 400
    assert {entry.state for entry in entries} == {RunState.STOPPED}
    assert {entry.attempts for entry in entries} == {1}
    endings = [(entry.paths(logs).root / "endings").read_text().splitlines() for entry in entries]
    assert [len(lines) for lines in endings] == [1] * 400
    until_gone(logs)


def test_the_stamp_of_a_program_tells_every_change(tmp_path):
    (tmp_path / "part").mkdir()
    for name in ("a.py", "part/b.py", "notes.txt"):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, ns=(1000, 1000))
    stamps = [program_stamp(tmp_path)]
    os.utime(tmp_path / "notes.txt", ns=(5000, 5000))
    assert program_stamp(tmp_path) == stamps[0]
    os.utime(tmp_path / "part/b.py", ns=(2000, 2000))
    stamps.append(program_stamp(tmp_path))
    (tmp_path / "a.py").unlink()
    stamps.append(program_stamp(tmp_path))
    assert len(set(stamps)) == 3


def test_an_editor_s_lock_beside_the_program_keeps_no_supervisor_from_starting(tmp_path):
    (tmp_path / "a.py").write_text("")
    before = program_stamp(tmp_path)
    (tmp_path / ".#a.py").symlink_to("someone@somewhere.123:456")  # as Emacs does it: a link to nothing
    assert program_stamp(tmp_path) == before
