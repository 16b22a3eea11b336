"""`fashiontui keys`: the keys of the app."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TextIO

from fashiontui.cli.app import own_keys, user_settings
from fashiontui.tui.keytable import key_table, markdown
from fashiontui.tui.screens.help import KeyHelp


def run_keys(out: TextIO, *, as_markdown: bool) -> None:
    """Print all keys, by place, with the ids by which the settings file gives them others; those it has given already.

    As Markdown, the keys that everyone has.
    """
    rows = key_table()
    if as_markdown:
        print(markdown(rows), file=out)
        return
    own = own_keys(user_settings().get("keys", {}))
    rows = [
        replace(row, keys=tuple(key.strip() for key in own[row.id].split(","))) if row.id in own else row
        for row in rows
    ]
    widths = [max(len(text) for text in column) for column in zip(*map(_columns, rows), strict=False)]
    for number, (where, found) in enumerate(groupby(rows, key=lambda row: row.where)):
        print(f"\n{where}" if number else where, file=out)
        for row in found:
            keys, words = _columns(row)
            print(f"  {keys:<{widths[0]}}  {words:<{widths[1]}}  {row.id}", file=out)


def _columns(row: KeyHelp) -> tuple[str, str]:
    return " ".join(row.keys), row.words
