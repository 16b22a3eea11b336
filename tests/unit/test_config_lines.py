from __future__ import annotations

import tomllib

from fashiontui.config.lines import key_lines, line_of

TEXT = """\
# a comment with [brackets] = and "quotes
top = 1
[experiments.cnn1]  # header
model.dropout = 0.5
model.kind = "cnn # not a comment ]"
'quoted key' = '''
a = 1
[not.a.table]
'''
"long" = \"\"\"one \\"\"\" = 2
x = 3\"\"\"
[ experiments . "cnn.2" ]
model = { kind = "cnn", units = [1, 2], options = { a = "}" } }
values = [
  0.1,  # first
  0.2,
  [3, { deep = 4 }],
]
after = 1979-05-27T07:32:00Z
[[many.things]]
name = "first"
[[many.things]]
name = "second"
[studies.dropout]
matrix."model.dropout" = [0.1]
last = true"""


def test_every_kind_of_key_is_found_on_its_line():
    tomllib.loads(TEXT)
    lines = key_lines(TEXT)
    expected = {
        "top": 2,
        "experiments.cnn1": 3,
        "experiments.cnn1.model": 4,
        "experiments.cnn1.model.dropout": 4,
        "experiments.cnn1.model.kind": 5,
        "experiments.cnn1.quoted key": 6,
        "experiments.cnn1.long": 10,
        "experiments.cnn.2": 12,
        "experiments.cnn.2.model.units": 13,
        "experiments.cnn.2.model.options.a": 13,
        "experiments.cnn.2.values": 14,
        "experiments.cnn.2.values[1]": 16,
        "experiments.cnn.2.values[2][1].deep": 17,
        "experiments.cnn.2.after": 19,
        "many.things[1].name": 23,
        "studies.dropout.matrix.model.dropout[0]": 25,
        "studies.dropout.last": 26,
    }
    assert {path: lines.get(path) for path in expected} == expected
    assert not any("not.a.table" in path or path.endswith(".x") for path in lines)


def test_a_key_that_is_not_there_has_the_line_of_its_table():
    lines = key_lines(TEXT)
    assert line_of(lines, "experiments.cnn1.optimizer.decay") == 3
    assert line_of(lines, "experiments.cnn.2.values[9]") == 14
    assert line_of(lines, "nothing.here") is None
    assert line_of(lines, "nothing") is None


def test_windows_line_ends_and_empty_texts():
    assert key_lines("a = 1\r\n\r\nb = [\r\n 1,\r\n]\r\n")["b[0]"] == 4
    assert key_lines("") == {}
    assert key_lines("# only this") == {}
    assert key_lines('"\\U0001F600" = 1\n"a\\tb" = 2') == {"\\U0001F600": 1, "a\tb": 2}
