"""Read YAML as plain words, lists and tables: nothing is constructed, no alias is unfolded."""

from collections.abc import Iterator
from typing import Protocol, TypeAlias

import yaml

from swarmtui.inventory.budget import Budget, SpentError

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | None"
"""Every scalar is its text, whatever type YAML would make of it; `None` is null or encrypted."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 64
_MOST_MERGED = 500_000
_NULLS = {"", "~", "null", "Null", "NULL"}


class YamlError(ValueError):
    """A text that is not YAML, or none that a person wrote; the message names the line."""


def read_tree(text: str) -> Tree:
    """Return the first document in `text`; raise `YamlError`.

    An alias is the very same object as what it stands for, so that a few lines cannot fill the
    memory; one that stands for itself is refused.
    """
    builder = _Builder()
    try:
        for event in _read_events(text):
            builder.take(event)
    except SpentError:
        raise YamlError("merges more keys than any inventory has") from None
    return builder.root


def _read_events(text: str) -> Iterator[yaml.Event]:
    """Return what stands in the first document, piece by piece."""
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.DocumentEndEvent):
                return
            yield event
    except yaml.MarkedYAMLError as error:
        raise YamlError(f"{_at(error.problem_mark)}{error.problem or 'not YAML'}") from None
    except yaml.YAMLError:
        raise YamlError("has characters that YAML does not allow") from None


class _Mark(Protocol):
    """A place in the text; lines count from 0."""

    line: int


def _at(mark: _Mark | None) -> str:
    return f"line {mark.line + 1}: " if mark else ""


class _Open:
    """A list or a table that is not at its end yet."""

    def __init__(self, value: "dict[str, Tree] | list[Tree]", anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.key: str | None = None
        self.merged: list[Tree] = []


class _Builder:
    """Makes a tree out of events, without recursion."""

    def __init__(self) -> None:
        self.root: Tree = None
        self._open: list[_Open] = []
        self._anchors: dict[str, Tree] = {}
        self._budget = Budget(_MOST_MERGED)

    def take(self, event: yaml.Event) -> None:
        """Take in the next event; raise `YamlError`."""
        match event:
            case yaml.ScalarEvent():
                self._add_scalar(event)
            case yaml.AliasEvent():
                self._add(self._follow(event), event)
            case yaml.MappingStartEvent():
                self._begin(_Open({}, event.anchor), event)
            case yaml.SequenceStartEvent():
                self._begin(_Open([], event.anchor), event)
            case yaml.CollectionEndEvent():
                self._end(event)
            case _:
                pass

    def _add_scalar(self, event: yaml.ScalarEvent) -> None:
        value = None if event.tag == "!vault" or _is_null(event) else event.value
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        self._add(value, event)

    def _follow(self, event: yaml.AliasEvent) -> Tree:
        name = event.anchor or ""
        if name not in self._anchors:
            raise YamlError(f"{_at(event.start_mark)}*{name} stands for nothing before it")
        return self._anchors[name]

    def _begin(self, opened: _Open, event: yaml.NodeEvent) -> None:
        if len(self._open) == _DEEPEST:
            raise YamlError(f"{_at(event.start_mark)}nested deeper than any inventory")
        self._open.append(opened)

    def _end(self, event: yaml.Event) -> None:
        done = self._open.pop()
        if isinstance(done.value, dict):
            self._merge(done.value, done.merged)
        if done.anchor is not None:
            self._anchors[done.anchor] = done.value
        self._add(done.value, event)

    def _add(self, value: Tree, event: yaml.Event) -> None:
        if not self._open:
            self.root = value
            return
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.key is None:
            parent.key = _read_key(value, event)
        else:
            self._put(parent, parent.key, value)
            parent.key = None

    def _put(self, parent: _Open, key: str, value: Tree) -> None:
        if key == "<<":
            parent.merged.extend(value if isinstance(value, list) else [value])
        elif isinstance(parent.value, dict):
            parent.value[key] = value

    def _merge(self, table: dict[str, Tree], others: list[Tree]) -> None:
        """Fill in the keys of the tables named by `<<`: what stands here itself goes before."""
        for other in others:
            if isinstance(other, dict):
                self._budget.spend(len(other))
                for key, value in other.items():
                    table.setdefault(key, value)


def _read_key(value: Tree, event: yaml.Event) -> str:
    if isinstance(value, dict | list):
        raise YamlError(f"{_at(event.start_mark)}a list or a table where a name belongs")
    return value or ""


def _is_null(event: yaml.ScalarEvent) -> bool:
    return event.implicit[0] and event.value in _NULLS
