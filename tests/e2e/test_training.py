"""The command line over real workers, on small synthetic data."""

from __future__ import annotations

import os
import signal

import pytest
from support.cli import begin, call, events

from fashiontui.runs.find import list_runs
from fashiontui.runs.record import RunRecord

LONGER = (
    "--set",
    "dataset.train_size=20000",
    "--set",
    "instrumentation.checkpoint_seconds=0",
    "--epochs",
    "40",
)


def results(stdout: str) -> list[dict]:
    return [event for event in events(stdout) if event["event"] == "result"]


def epochs_told(stdout: str) -> list[int]:
    return [event["epoch"] for event in events(stdout) if event["event"] == "epoch"]


def test_a_network_is_trained_and_judged(folder):
    arguments = ("run", "lr", "--headless", "--epochs", "1", "--threads", "1", "--json")
    done = call(folder, *arguments, "--assert", "test_accuracy>0.2", "--assert", "parameters==7850")
    assert done.returncode == 0
    assert epochs_told(done.stdout) == [1]
    (result,) = results(done.stdout)
    assert result["state"] == "finished"
    assert result["synthetic"] is True
    assert result["train_seconds"] > 0
    (paths,) = list_runs(folder / "logs")
    assert result["log_dir"] == str(paths.root)
    metrics = call(folder, "metrics", "lr", "--tag", "accuracy/test", "--json")
    assert [event["value"] for event in events(metrics.stdout)] == pytest.approx([result["test_accuracy"]])


def test_cuda_where_there_is_none(folder):
    if os.path.exists("/dev/nvidia0"):  # noqa: PTH110
        pytest.skip("this machine has a GPU")
    done = call(folder, "run", "lr", "--device", "cuda", "--json")
    assert done.returncode == 2
    assert results(done.stdout)[0]["error"]["kind"] == "DeviceError"
    assert list_runs(folder / "logs") == []


def test_a_worker_killed_mid_run_resumes_to_the_very_same_weights(folder):
    undisturbed = call(folder, "run", "lr", *LONGER, "--threads", "1", "--json")
    running = begin(folder, "run", "lr", *LONGER, "--threads", "1", "--json")
    assert running.stdout is not None
    while '"epoch"' not in (line := running.stdout.readline()):
        assert line, "it ended before its first epoch"
    paths = list_runs(folder / "logs")[-1]
    os.kill(RunRecord.load(paths.record).attempts[-1].pid, signal.SIGKILL)
    out, err = running.communicate()
    assert running.returncode == 1
    (killed,) = results(out)
    assert killed["state"] == "failed"
    assert "SIGKILL" in killed["error"]["message"]
    assert "Traceback" not in err
    resumed = call(folder, "run", "--resume", paths.run_id, "--json")
    assert resumed.returncode == 0
    assert epochs_told(resumed.stdout)[-1] == 40
    assert 1 not in epochs_told(resumed.stdout)
    assert results(resumed.stdout)[0]["weights_sha256"] == results(undisturbed.stdout)[0]["weights_sha256"]


def test_ctrl_c_leaves_a_checkpoint_to_go_on_from(folder):
    running = begin(folder, "run", "lr", *LONGER, "--threads", "1", "--json")
    assert running.stdout is not None
    while '"epoch"' not in (line := running.stdout.readline()):
        assert line, "it ended before its first epoch"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate()
    assert running.returncode == 130
    (stopped,) = results(out)
    assert stopped["state"] == "stopped"
    assert f"--resume logs/lr/{stopped['run_id']}" in err
    resumed = call(folder, "run", "--resume", "lr", "--json")
    assert resumed.returncode == 0
    assert epochs_told(resumed.stdout)[-1] == 40
