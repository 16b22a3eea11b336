"""docs/settings.md has every setting, as the program knows them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from fashiontui.config.schema import MODELS, TABLES, key_paths

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def writer():
    plan = importlib.util.spec_from_file_location("write_settings", DOCS / "write_settings.py")
    module = importlib.util.module_from_spec(plan)
    plan.loader.exec_module(module)
    return module


def test_the_page_is_what_its_script_writes(writer):
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == writer.page()


def test_no_setting_is_missing_or_unexplained(writer):
    page = writer.page()
    keys = {path for kind in MODELS for path in key_paths(kind)} - {"description", "model.kind"}
    assert all(f"| `{key}` |" in page for key in keys)
    fields = [
        field
        for table in (*MODELS.values(), *TABLES.values())
        for name, field in table.model_fields.items()
        if name != "kind"
    ]
    assert all(field.description for field in fields)
    assert "|  |" not in page
