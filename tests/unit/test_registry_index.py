"""The table follows the run folders: new ones, gone ones, and all of them anew."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.fakes import make_run
from support.registry import ELSEWHERE, HERE, Clock, in_state, never, opened, queued, said

from fashiontui.errors import RunError
from fashiontui.runs import lock
from fashiontui.runs.identity import identify
from fashiontui.runs.record import Attempt, MetricSummary, RunRecord
from fashiontui.runs.registry import watch
from fashiontui.runs.registry.database import NAME
from fashiontui.runs.registry.entry import Wanted
from fashiontui.runs.registry.store import Registry
from fashiontui.runs.state import RunState

FAR_FUTURE = 4_000_000_000.0
ENDED = [state for state in RunState if state.is_ended]


@pytest.fixture
def logs(tmp_path):
    return tmp_path / "logs"


@pytest.fixture
def registry(logs):
    with opened(logs, clock=Clock(FAR_FUTURE)) as registry:  # so that every folder was changed long ago
        yield registry


@pytest.fixture
def listed(monkeypatch):
    """Names of the folders that were listed."""
    names: list[str] = []
    subfolders = watch.subfolders

    def counted(folder):
        names.append(folder.name)
        return subfolders(folder)

    monkeypatch.setattr(watch, "subfolders", counted)
    return names


def states(registry) -> dict[str, str]:
    return {entry.run_id: entry.state.value for entry in registry.entries()}


def rebuilt(logs: Path) -> Registry:
    (logs / NAME).unlink(missing_ok=True)
    return opened(logs)


@pytest.fixture(params=["refresh", "rebuild", "reindex"])
def seen(request, logs):
    """The registry once it has looked at the folders, whatever made it look."""
    made: list[Registry] = []

    def look() -> Registry:
        if request.param != "rebuild":
            shutil.move(logs, logs.with_name("aside"))
            made.append(opened(logs))
            for experiment in logs.with_name("aside").iterdir():
                shutil.move(experiment, logs / experiment.name)
            getattr(made[-1], request.param)()
        else:
            made.append(opened(logs))
        return made[-1]

    yield look
    for registry in made:
        registry.close()


@pytest.mark.parametrize("state", ENDED)
def test_a_run_that_has_ended_is_what_it_says(logs, seen, state):
    key = in_state(logs, state)
    entry = seen().entry(key)
    assert entry.state is state
    assert entry.state_since == RunRecord.load(logs / key / "run.json").state_since.timestamp()


def test_a_run_that_was_queued_here_waits_here(logs, seen):
    assert seen_state(logs, seen, RunState.QUEUED, environment=HERE) is RunState.QUEUED


@pytest.mark.parametrize("environment", [ELSEWHERE, {}])
def test_a_run_that_was_queued_elsewhere_does_not_begin_by_itself(logs, seen, environment):
    assert seen_state(logs, seen, RunState.QUEUED, environment=environment) is RunState.STOPPED


@pytest.mark.parametrize("state", [RunState.STARTING, RunState.RUNNING])
def test_a_run_that_nobody_works_on_is_lost(logs, seen, state):
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    assert seen_state(logs, seen, state, environment=HERE, state_since=long_ago) is RunState.LOST


def test_a_worker_that_is_still_starting_here_is_waited_for(logs, seen):
    assert seen_state(logs, seen, RunState.STARTING, environment=HERE) is RunState.STARTING


def test_one_that_was_starting_elsewhere_is_lost(logs, seen):
    assert seen_state(logs, seen, RunState.STARTING, environment=ELSEWHERE) is RunState.LOST


def seen_state(logs, seen, state, **changes) -> RunState:
    key = in_state(logs, state, **changes)
    return seen().entry(key).state


def test_a_run_that_is_worked_on_is_live_and_its_worker_known(logs):
    key = in_state(logs, RunState.RUNNING)
    with lock.hold(logs / key), opened(logs) as registry:
        entry = registry.entry(key)
        assert (entry.state, entry.worker) == (RunState.RUNNING, identify(os.getpid()))
        registry.reindex()
        assert registry.entry(key) == entry


def test_a_run_that_is_only_written_to_has_no_worker(logs):
    key = in_state(logs, RunState.STARTING)
    with lock.hold(logs / key, as_worker=False), opened(logs) as registry:
        assert registry.entry(key).worker is None


def test_a_run_that_was_begun_before_goes_on_from_its_checkpoint(logs, seen):
    attempt = Attempt(
        started=RunRecord.load(make_run(logs, "lr", "z").record).created,
        device="cpu",
        device_name="?",
        threads=1,
        pid=1,
    )
    key = in_state(logs, RunState.QUEUED, attempts=(attempt, attempt))
    (logs / in_state(logs, RunState.QUEUED, "b") / "checkpoint.pt").touch()
    registry = seen()
    assert (registry.entry(key).resume, registry.entry(key).attempts) == (True, 2)
    assert registry.entry("lr/b").resume
    in_state(logs, RunState.QUEUED, "c")
    registry.refresh()
    assert not registry.entry("lr/c").resume


def test_runs_found_in_the_queue_are_in_the_order_of_their_ids(logs, seen):
    for name in "cab":
        in_state(logs, RunState.QUEUED, name)
    assert [entry.run_id for entry in seen().queue()] == ["a", "b", "c"]


def test_a_copy_goes_by_its_folder_s_name(logs, seen):
    key = in_state(logs, RunState.FINISHED)
    shutil.copytree(logs / key, logs / "copies" / "a (copy)")
    entry = seen().entry("copies/a (copy)")
    assert (entry.facts["run_id"], entry.facts["experiment"]) == ("a (copy)", "copies")


def test_hidden_folders_and_files_are_no_runs(logs, seen):
    make_run(logs, ".trash", "a")
    make_run(logs, "lr", ".hidden")
    make_run(logs, "lr", "b")
    (logs / "README.md").touch()
    (logs / "lr" / "notes.txt").touch()
    assert list(states(seen())) == ["b"]


def test_a_name_that_is_not_utf8_is_passed_over(logs, seen):
    paths = make_run(logs, "lr", "good")
    os.rename(make_run(logs, "lr", "bad").root, os.fsencode(paths.root.parent) + b"/b\xe4d")  # noqa: PTH104
    assert list(states(seen())) == ["good"]


def test_a_folder_that_comes_is_taken_in_and_one_that_goes_is_dropped(registry, logs):
    in_state(logs, RunState.FINISHED, "a")
    in_state(logs, RunState.LOST, "b")
    registry.refresh()
    assert states(registry) == {"a": "finished", "b": "lost"}
    shutil.rmtree(logs / "lr" / "a")
    registry.refresh()
    assert states(registry) == {"b": "lost"}
    shutil.rmtree(logs / "lr")
    registry.refresh()
    assert states(registry) == {}


def test_an_experiment_that_went_at_once_is_noticed(logs):
    with opened(logs) as registry:  # by the real clock: its folder was changed just now
        make_run(logs, "lr", "a")
        registry.refresh()
        shutil.rmtree(logs / "lr")
        registry.refresh()
        assert states(registry) == {}


def test_a_live_run_stays_though_its_folder_is_gone(registry, logs):
    (key,) = queued(registry, "a")
    registry.claim(key, "cpu/0")
    shutil.rmtree(logs / "lr")
    registry.refresh()
    assert states(registry) == {"a": "starting"}
    registry.reindex()
    assert states(registry) == {"a": "starting"}
    registry.note_state(key, RunState.FAILED, None)
    registry.reindex()
    assert states(registry) == {}


def test_only_what_has_changed_is_listed(registry, logs, listed):
    make_run(logs, "lr", "a")
    make_run(logs, "cnn1", "b")
    registry.refresh()
    assert sorted(listed) == ["cnn1", "lr"]
    listed.clear()
    registry.refresh()
    assert listed == []
    make_run(logs, "lr", "c")
    listed.clear()
    registry.refresh()
    assert listed == ["lr"]
    assert list(states(registry)) == ["a", "b", "c"]


def test_a_folder_changed_just_now_is_listed_again(logs, listed):
    with opened(logs) as registry:  # by the real clock
        make_run(logs, "lr", "a")
        registry.refresh()
        listed.clear()
        registry.refresh()
        assert listed == ["lr"]


def test_a_clock_set_back_hides_no_run(logs):
    clock = Clock(FAR_FUTURE)
    with opened(logs, clock=clock) as registry:
        make_run(logs, "lr", "a")
        registry.refresh()
        clock.now = 1.0
        make_run(logs, "lr", "b")
        registry.refresh()
        make_run(logs, "lr", "c")
        registry.refresh()
        assert list(states(registry)) == ["a", "b", "c"]


def test_a_folder_is_looked_at_again_until_there_is_a_record(registry, logs):
    paths = make_run(logs, "lr", "a", state=RunState.FINISHED)
    text = paths.record.read_text()
    paths.record.unlink()
    registry.refresh()
    registry.refresh()
    assert states(registry) == {}
    paths.record.write_text(text[:100])
    registry.refresh()
    assert states(registry) == {}
    paths.record.write_text(text)
    registry.refresh()
    assert states(registry) == {"a": "finished"}


def test_a_run_that_is_enqueued_while_folders_are_listed_is_not_taken_for_gone(registry, logs, monkeypatch):
    make_run(logs, "lr", "a", environment=HERE)
    listing = watch.subfolders

    def others_work_too(folder):
        found = listing(folder)
        monkeypatch.setattr(watch, "subfolders", listing)
        with opened(logs) as other:
            queued(other, "b")
        return found

    monkeypatch.setattr(watch, "subfolders", others_work_too)
    registry.refresh()
    assert states(registry) == {"a": "queued", "b": "queued"}


def test_a_folder_that_may_not_be_looked_into_is_not_gone(registry, logs, monkeypatch):
    make_run(logs, "lr", "a")
    registry.refresh()

    def refuse(folder):
        raise PermissionError(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    monkeypatch.setattr(Path, "stat", refuse)
    assert watch.Watch(logs, Clock()).look(lambda: ["lr/a"]) == watch.Changes()


def test_reindexing_counts_and_reports_what_it_reads(registry, logs):
    for name in "abc":
        in_state(logs, RunState.FINISHED, name)
    (logs / "lr" / "b" / "run.json").write_text("{}")
    (logs / "lr" / "tensorboard-only").mkdir()
    told: list[tuple[int, int]] = []
    assert registry.reindex(lambda done, of: told.append((done, of))) == (2, 1)
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert list(states(registry)) == ["a", "c"]


def test_reindexing_reads_ended_runs_anew(registry, logs):
    key = in_state(logs, RunState.LOST)
    registry.refresh()
    record = RunRecord.load(logs / key / "run.json").in_state(RunState.FINISHED)
    record.model_copy(update={"metrics": {"valid_accuracy": MetricSummary(best=0.9)}}).save(
        logs / key / "run.json"
    )
    registry.refresh()
    assert states(registry) == {"a": "lost"}
    registry.reindex()
    entry = registry.entry(key)
    assert entry.state is RunState.FINISHED
    assert entry.facts["metrics"]["valid_accuracy"]["best"] == 0.9


def test_reindexing_leaves_the_queue_alone(registry, logs):
    queued(registry, "a", "b", "c")
    registry.move("lr/c", priority=1)
    registry.move("lr/b", before="lr/a")
    registry.claim("lr/a", "cpu/0")
    before = registry.entries()
    assert registry.reindex() == (3, 0)
    assert registry.entries() == before


def test_reindexing_does_not_wake_what_was_stopped(registry, logs):
    (key,) = queued(registry, "a")
    registry.ask(key, Wanted.STOP)
    record = logs / key / "run.json"
    RunRecord.load(record).in_state(RunState.QUEUED).save(record)  # as if that could not be told
    registry.reindex()
    assert states(registry) == {"a": "stopped"}


def test_reindexing_does_not_take_back_what_happened_meanwhile(registry, logs, monkeypatch):
    key = in_state(logs, RunState.FAILED)
    registry.refresh()
    load = RunRecord.load.__func__

    def loaded_then_finished(kind, path):
        record = load(kind, path)
        monkeypatch.setattr(RunRecord, "load", classmethod(load))
        with opened(logs) as other:
            other.requeue(key)
            other.claim(key, "cpu/0")
            other.note_state(key, RunState.FINISHED, record.in_state(RunState.FINISHED))
        return record

    monkeypatch.setattr(RunRecord, "load", classmethod(loaded_then_finished))
    registry.reindex()
    assert states(registry) == {"a": "finished"}


def test_reading_folders_holds_nobody_up(registry, logs, monkeypatch):
    make_run(logs, "lr", "a")
    held = lock.is_held
    with opened(logs) as other:

        def others_write(root):
            other.set_setting("devices", "while we read")
            return held(root)

        monkeypatch.setattr(lock, "is_held", others_write)
        in_state(logs, RunState.RUNNING, "b")
        registry.reindex()
        assert other.setting("devices") == "while we read"


def test_a_database_that_was_deleted_is_made_anew_from_the_folders(logs):
    in_state(logs, RunState.FINISHED)
    with opened(logs) as registry:
        queued(registry, "b")
        before = registry.version()
        (logs / NAME).unlink()
        assert registry.is_replaced()
        assert states(registry) == {"a": "finished", "b": "queued"}
        assert registry.is_replaced()
        assert registry.version() != before


def test_there_is_an_index_where_nothing_is_to_be_made(logs):
    with opened(logs, create=False) as registry:
        assert registry.read_only
        assert registry.entries() == []
    in_state(logs, RunState.FINISHED)
    with opened(logs, create=False) as registry:
        assert states(registry) == {"a": "finished"}
    assert [path.name for path in logs.iterdir()] == ["lr"]
    with opened(logs):
        pass
    with opened(logs, create=False) as registry:
        assert not registry.read_only


def test_an_index_in_memory_keeps_up_with_the_folders(logs):
    key = in_state(logs, RunState.RUNNING)
    with opened(logs, create=False) as registry:
        assert states(registry) == {"a": "lost"}
        before = registry.version()
        registry.refresh()
        assert registry.version() == before
        RunRecord.load(logs / key / "run.json").in_state(RunState.FINISHED).save(logs / key / "run.json")
        in_state(logs, RunState.QUEUED, "b")
        registry.refresh()
        assert registry.version() != before
        assert states(registry) == {"a": "finished", "b": "queued"}
        with lock.hold(logs / "lr" / "b"):
            RunRecord.load(logs / "lr/b/run.json").in_state(RunState.RUNNING).save(logs / "lr/b/run.json")
            registry.refresh()
            assert states(registry)["b"] == "running"
        shutil.rmtree(logs / "lr")
        registry.refresh()
        assert states(registry) == {}
        assert registry.reindex() == (0, 0)
        assert not registry.is_replaced()


def test_nothing_is_written_where_nothing_may_be(logs):
    key = in_state(logs, RunState.QUEUED)
    with opened(logs, create=False) as registry:
        for act in (
            lambda: registry.enqueue([registry.entry(key).paths(logs)]),
            lambda: registry.ask(key, Wanted.STOP),
            lambda: registry.requeue(key),
            lambda: registry.move(key, priority=1),
            lambda: registry.forget(key),
            lambda: registry.claim(key, "cpu/0"),
            lambda: registry.set_setting("devices", "{}"),
        ):
            with pytest.raises(RunError, match="is read only"):
                act()
        assert states(registry) == {"a": "queued"}
        assert said(registry, key) is RunState.QUEUED


@pytest.fixture
def as_nobody():
    """A logs folder that this process may read, and not write."""
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder) / "logs"
        in_state(logs, RunState.FINISHED)
        for path in (logs.parent, logs, logs / "lr", logs / "lr" / "a"):
            path.chmod(0o555)
        (logs / "lr/a/run.json").chmod(0o444)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        yield logs
        os.seteuid(user)
        for path in (logs.parent, logs, logs / "lr", logs / "lr" / "a"):
            path.chmod(0o755)


def test_a_folder_that_can_t_be_written_can_be_read(as_nobody):
    with opened(as_nobody) as registry:
        assert registry.read_only
        assert states(registry) == {"a": "finished"}
        with pytest.raises(RunError, match="is read only"):
            registry.requeue("lr/a")
    with opened(as_nobody / "deeper") as registry:
        assert registry.read_only
        assert registry.entries() == []


def test_a_database_that_can_t_be_written_is_not_needed(as_nobody):
    os.seteuid(os.getuid())
    as_nobody.chmod(0o777)
    with opened(as_nobody):
        pass
    (as_nobody / NAME).chmod(0o444)
    if os.getuid() == 0:
        os.seteuid(65534)
    with opened(as_nobody) as registry:
        assert registry.read_only
        assert states(registry) == {"a": "finished"}


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "logs").touch()
    for logs in (tmp_path / "logs", tmp_path / "logs" / "deeper"):
        with pytest.raises(RunError, match="is not a folder") as caught:
            Registry.open(logs, warn=never)
        assert "--logs" in caught.value.hint
