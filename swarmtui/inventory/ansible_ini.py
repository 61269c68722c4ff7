"""Read static Ansible inventories in the INI format."""

import re
import shlex
from collections.abc import Iterable, Sequence

from swarmtui.inventory.ansible_tree import ALL, AnsibleTree, keep_known
from swarmtui.inventory.inventory import Warnings
from swarmtui.inventory.ranges import PatternError

_SECTION = re.compile(r"\[(?P<group>[^:\]\s]+)(?::(?P<kind>\w+))?\]\s*(?:[#;].*)?")
_QUOTED = re.compile(r"""(?P<mark>["'])(?P<text>.*?)(?P=mark)\s*(?:#.*)?""")
_KINDS = ("hosts", "vars", "children")


class _LineError(ValueError):
    """A line that cannot be used."""


def read_ini(text: str, tree: AnsibleTree, warnings: Warnings) -> None:
    """Take what an INI inventory says into the tree; a line that cannot be used is a warning."""
    reader = _Reader(tree)
    for number, line in enumerate(text.split("\n"), 1):
        try:
            reader.take(line.strip())
        except (_LineError, PatternError) as error:
            warnings.add(f"line {number}: {error}")


class _Reader:
    """Knows the section a line is in."""

    def __init__(self, tree: AnsibleTree) -> None:
        self._tree = tree
        self._group: str | None = ALL
        """`None` in a section that cannot be used."""
        self._kind = "hosts"

    def take(self, line: str) -> None:
        """Take in a line; raise `_LineError` or `PatternError`."""
        if not line or line[0] in "#;":
            return
        # A host may begin with a bracket too: `[a:f]-web`.
        if _SECTION.fullmatch(line) or (line.startswith("[") and line.endswith("]")):
            self._enter(line)
        elif self._group is not None:
            self._take_entry(line, self._group)

    def _enter(self, line: str) -> None:
        section = _SECTION.fullmatch(line)
        self._group, self._kind = None, (section and section["kind"]) or "hosts"
        if section is None or self._kind not in _KINDS:
            raise _LineError(f"{line} is not a section; write [GROUP], [GROUP:vars] or the like")
        self._group = section["group"]
        self._tree.group(self._group)

    def _take_entry(self, line: str, group: str) -> None:
        if self._kind == "children":
            self._tree.add_child(group, line.partition("#")[0].strip())
        elif self._kind == "vars":
            self._tree.group(group).vars |= keep_known([_read_variable(line)])
        else:
            name, *rest = _split(line)
            self._tree.add_hosts(name, group, keep_known(_read_assignments(rest)))


def _read_variable(line: str) -> tuple[str, str]:
    """Return name and value of a line in a `:vars` section."""
    name, sign, value = line.partition("=")
    if not sign:
        raise _LineError("not a variable; write name=value")
    value = value.strip()
    quoted = _QUOTED.fullmatch(value)
    return name.strip(), quoted["text"] if quoted else value


def _read_assignments(words: Sequence[str]) -> Iterable[tuple[str, str]]:
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise _LineError("expected name=value behind the host")
        yield name, value


def _split(line: str) -> Sequence[str]:
    """Return the words of a line, as a shell would tell them apart; the first is never missing."""
    if not any(mark in line for mark in "\"'\\"):
        return line.partition("#")[0].split()  # twenty times as fast, and nearly every line
    try:
        return shlex.split(line, comments=True)
    except ValueError as error:
        raise _LineError(f"{error}; close the quote") from None
