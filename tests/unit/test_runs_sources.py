from __future__ import annotations

from fashiontui.config.spec import ExperimentSpec
from fashiontui.runs.fingerprint import fingerprint
from fashiontui.runs.sources import model_source

OWN = ExperimentSpec.model_validate({"model": {"kind": "custom", "build": "nets.small:build"}})


def test_another_text_is_another_network(tmp_path):
    assert model_source(OWN.model, [tmp_path]) == ""
    (tmp_path / "nets").mkdir()
    path = tmp_path / "nets" / "small.py"
    path.write_text("def build(): ...\n")
    first = model_source(OWN.model, [tmp_path / "none", tmp_path])
    assert len(first) == 16
    path.write_text("def build(): return 1\n")
    second = model_source(OWN.model, [tmp_path])
    assert first != second
    assert len({fingerprint(OWN), fingerprint(OWN, first), fingerprint(OWN, second)}) == 3


def test_a_package_is_its_first_file(tmp_path):
    (tmp_path / "nets" / "small").mkdir(parents=True)
    (tmp_path / "nets" / "small" / "__init__.py").write_text("")
    (tmp_path / "nets" / "small.py").write_text("def build(): ...\n")
    assert model_source(OWN.model, [tmp_path]) == "e3b0c44298fc1c14"  # sha256 of nothing


def test_networks_of_ours_have_no_file(tmp_path):
    assert model_source(ExperimentSpec.model_validate({"model": "mlp"}).model, [tmp_path]) == ""
