"""A filter as a tree."""

from __future__ import annotations

from dataclasses import dataclass

from fashiontui.runs.filter.keys import Key
from fashiontui.runs.filter.lexer import Token


@dataclass(frozen=True, slots=True)
class Name:
    """A word that stands alone: part of a run's id, experiment or study, or a glob for one of them."""

    token: Token


@dataclass(frozen=True, slots=True)
class Comparison:
    """KEY OPERATOR VALUE, or any of several values."""

    key: Key
    operator: Token
    values: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What its part is not."""

    part: Node


@dataclass(frozen=True, slots=True)
class Both:
    """All of its parts; none: everything."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Any of its parts."""

    parts: tuple[Node, ...]


Node = Name | Comparison | Not | Both | Either


def keys_in(node: Node) -> frozenset[str]:
    """The paths of all keys that a filter compares."""
    match node:
        case Name():
            return frozenset()
        case Comparison():
            return frozenset({node.key.path})
        case Not():
            return keys_in(node.part)
        case Both() | Either():
            return frozenset().union(*map(keys_in, node.parts))
