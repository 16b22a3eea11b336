from __future__ import annotations

import os

import pytest
from support.fakes import make_entry

from fashiontui.supervisor.slots import Machine, Slot, assign, count_gpus, cpu_quota, own_cores, shares


def names(machine: Machine) -> list[str]:
    return [slot.name for slot in machine.slots]


def started(assignment) -> list[tuple[str, str]]:
    return [(entry.run_id, slot.name) for entry, slot in assignment.starts]


def test_a_slot_for_every_four_cores_and_every_gpu():
    assert names(Machine.of({}, range(2), 0)) == ["cpu/0"]
    assert names(Machine.of({}, range(9), 2)) == ["cpu/0", "cpu/1", "cuda:0/0", "cuda:1/0"]


def test_the_config_says_how_many():
    machine = Machine.of({"cpu": 1, "cuda": 2, "cuda:1": 0}, range(8), 2)
    assert names(machine) == ["cpu/0", "cuda:0/0", "cuda:0/1"]
    assert machine.closed == {"cuda:1"}


def test_a_gpu_the_driver_does_not_show_can_be_named():
    assert names(Machine.of({"cuda:0": 1}, range(2), 0)) == ["cpu/0", "cuda:0/0"]


def test_a_container_s_quota_is_all_there_is_to_deal_out():
    cores = range(64)
    assert Machine.of({}, cores, 0, quota=2).slots == (Slot("cpu", 0, (0, 1)),)
    assert [slot.cores for slot in Machine.of({}, cores, 0, quota=9).slots] == [(0, 1, 2, 3, 4), (5, 6, 7, 8)]
    assert [slot.cores for slot in Machine.of({"cpu": 2}, cores, 0, quota=2).slots] == [(0,), (1,)]
    assert Machine.of({}, range(2), 0, quota=2).slots == (Slot("cpu", 0),)
    assert Machine.of({}, range(2), 0, quota=8).slots == (Slot("cpu", 0),)


@pytest.mark.parametrize(
    ("files", "quota"),
    [
        ({}, None),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "nonsense\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "150000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 2),
    ],
)
def test_the_quota_is_what_the_control_group_says(tmp_path, files, quota):
    (tmp_path / "cpu").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert cpu_quota(tmp_path) == quota


def test_containers_of_one_machine_begin_at_different_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 1, 2, 0}, raising=False)
    firsts = {own_cores(2, f"container-{number}")[0] for number in range(20)}
    assert firsts == {0, 1, 2, 3}
    assert own_cores(2, "container-1") == own_cores(2, "container-1")
    assert sorted(own_cores(2, "container-1")) == [0, 1, 2, 3]


@pytest.mark.parametrize("quota", [None, 4, 9])
def test_where_all_cores_are_one_s_own_they_come_in_order(monkeypatch, quota):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 1, 2, 0}, raising=False)
    assert own_cores(quota, "any") == [0, 1, 2, 3]


def test_cores_are_shared_fairly():
    assert shares(range(8), 1) == [()]
    assert shares(range(8), 3) == [(0, 1, 2), (3, 4, 5), (6, 7)]
    assert shares([4, 5], 3) == [(4,), (5,), (4,)]
    assert shares(range(2), 0) == []


def test_the_queue_is_served_in_its_order():
    machine = Machine.of({"cpu": 2}, range(2), 0)
    queue = [make_entry(run_id=name) for name in "abc"]
    assignment = assign(queue, machine, {})
    assert started(assignment) == [("a", "cpu/0"), ("b", "cpu/1")]
    assert assignment.reasons == {"lr/c": "all 2 slots of cpu are taken by lr/a, lr/b"}


def test_taken_slots_are_left_alone():
    machine = Machine.of({"cpu": 1}, range(2), 0)
    assignment = assign([make_entry(run_id="b")], machine, {"cpu/0": "lr/a"})
    assert assignment.starts == ()
    assert assignment.reasons == {"lr/b": "cpu is taken by lr/a"}


def test_waiting_for_a_gpu_does_not_keep_others_from_the_cpu():
    machine = Machine.of({}, range(2), 1)
    queue = [make_entry(run_id="a", device="cuda:0"), make_entry(run_id="b", device="cpu")]
    assignment = assign(queue, machine, {"cuda:0/0": "lr/x"})
    assert started(assignment) == [("b", "cpu/0")]
    assert assignment.reasons == {"lr/a": "cuda:0 is taken by lr/x"}


def test_auto_waits_for_a_gpu_where_there_is_one():
    with_gpu, without = Machine.of({}, range(2), 1), Machine.of({}, range(2), 0)
    entry = make_entry(device="auto")
    assert with_gpu.slots_for(entry) == [Slot("cuda:0", 0)]
    assert without.slots_for(entry) == [Slot("cpu", 0)]


def test_a_forest_has_no_use_for_a_gpu():
    machine = Machine.of({}, range(2), 1)
    assert machine.slots_for(make_entry(device="auto", facts={"model.kind": "forest"})) == [Slot("cpu", 0)]


def test_a_gpu_that_is_not_there_is_for_the_worker_to_say():
    machine = Machine.of({}, range(2), 0)
    for device in ("cuda", "cuda:3"):
        assert machine.slots_for(make_entry(device=device)) == [Slot("cpu", 0)]


def test_a_device_without_slots_is_given_as_the_reason():
    machine = Machine.of({"cpu": 0, "cuda": 0}, range(2), 1)
    queue = [make_entry(run_id="a", device="cpu"), make_entry(run_id="b", device="cuda:0")]
    assert assign(queue, machine, {}).reasons == {
        "lr/a": "[devices] in the experiments file gives cpu no slot",
        "lr/b": "[devices] in the experiments file gives cuda:0 no slot",
    }


def test_gpus_are_counted_without_asking_cuda(tmp_path):
    assert count_gpus(tmp_path / "none", {}) == 0
    for name in ("0000:01:00.0", "0000:02:00.0"):
        (tmp_path / name).mkdir()
    assert count_gpus(tmp_path, {}) == 2


@pytest.mark.parametrize(
    ("visible", "count"),
    [
        ("", 0),
        ("-1", 0),
        ("3", 1),
        ("3,-1,0", 1),
        ("2, 0", 2),
        ("GPU-8f2a,GPU-11c0", 2),
        ("0,1,2,3,4,5", 3),
    ],
)
def test_gpus_that_are_hidden_from_cuda_are_no_slots(tmp_path, visible, count):
    for name in ("0000:01:00.0", "0000:02:00.0", "0000:03:00.0"):
        (tmp_path / name).mkdir()
    assert count_gpus(tmp_path, {"CUDA_VISIBLE_DEVICES": visible}) == count
    assert count_gpus(tmp_path / "none", {"CUDA_VISIBLE_DEVICES": visible}) == 0


@pytest.mark.parametrize("quota", [None, 4, 9])
def test_where_all_cores_are_one_s_own_they_come_in_order_whatever_the_host(monkeypatch, quota):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 1, 2, 0}, raising=False)
    assert {tuple(own_cores(quota, f"host-{number}")) for number in range(20)} == {(0, 1, 2, 3)}


def test_a_device_that_is_closed_is_not_replaced_by_another():
    machine = Machine.of({"cuda:1": 0}, range(2), 2)
    assert names(machine) == ["cpu/0", "cuda:0/0"]
    assert machine.slots_for(make_entry(device="cuda:1")) == []
    assert machine.slots_for(make_entry(device="cuda")) == [Slot("cuda:0", 0)]
    no_gpu = Machine.of({"cuda": 0}, range(2), 1)
    assert no_gpu.slots_for(make_entry(device="cuda")) == []
    assert no_gpu.slots_for(make_entry(device="auto")) == [Slot("cpu", 0)]


def test_one_gpu_may_be_opened_where_all_others_are_closed():
    machine = Machine.of({"cuda": 0, "cuda:1": 1}, range(2), 2)
    assert names(machine) == ["cpu/0", "cuda:1/0"]
    for device in ("auto", "cuda", "cuda:1"):
        assert machine.slots_for(make_entry(device=device)) == [Slot("cuda:1", 0)], device
    assert machine.slots_for(make_entry(device="cuda:0")) == []
