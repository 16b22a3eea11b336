"""Every command the README shows is one the program takes, and every experiment it names is shipped."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from fashiontui.cli.main import app
from fashiontui.config.load import load_config
from fashiontui.config.overrides import parse_overrides
from fashiontui.config.plan import plan_runs
from fashiontui.runs.assertions import parse_assertion

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
FENCES = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
LINES = [line.strip() for fence in FENCES for line in fence.splitlines() if line.strip()]
OURS = [line for line in LINES if line.removeprefix(".venv/bin/").startswith("fashiontui")]


def parsed(line):
    """The command a line calls, and its parameters; the parser's own error where it takes no such thing."""
    command = typer.main.get_command(app)
    arguments = shlex.split(line.removeprefix(".venv/bin/"), comments=True)[1:]
    context = command.make_context("fashiontui", list(arguments))
    while hasattr(command, "resolve_command"):
        rest = [*context._protected_args, *context.args]
        if not rest:  # the app
            return "", context.params
        _, command, arguments = command.resolve_command(context, rest)
        context = command.make_context(command.name, list(arguments), parent=context)
    return command.name, context.params


def test_there_are_commands():
    assert len(OURS) > 12


@pytest.mark.parametrize("line", OURS)
def test_the_program_takes_it(line):
    name, options = parsed(line)
    if name == "run":
        names = options["names"] or [options["resume"]]
        assert plan_runs(
            load_config(ROOT / "experiments.toml"),
            names,
            overrides=parse_overrides(options["settings"] or []),
        )
        for text in options["assertions"] or []:
            parse_assertion(text)


@pytest.mark.parametrize("target", sorted({line.split()[1] for line in LINES if line.startswith("make ")}))
def test_make_knows_it(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize(
    "link", sorted(set(re.findall(r"`(docs/[\w./-]+|CHANGELOG\.md|experiments\.toml)`", README)))
)
def test_the_files_it_names_are_there(link):
    assert (ROOT / link).exists()
