"""Read the inventory format of our own, TOML; `docs/inventory.md` describes it."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from swarmtui.inventory.files import find_file
from swarmtui.inventory.inventory import MOST_MACHINES, Inventory, InventoryError, Warnings
from swarmtui.inventory.ranges import PatternError, expand, split_port
from swarmtui.swarm.machine import Machine

SOURCE = "toml"

_OTHER_SUFFIXES = {".ini", ".yml", ".yaml", ".json"}
_UNKNOWN_KEY = re.compile("unknown field `(?P<key>.*)`", re.DOTALL)
_Kind = TypeVar("_Kind", bound="_Settings")


class _Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What can be said of all machines, of a group and of one machine alike."""

    user: str = ""
    port: int | None = None
    key: str = ""
    jump: str = ""
    region: str = ""
    contributor: str = ""


class _Entry(_Settings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What can be said of one machine alone."""

    addr: str = ""
    node_id: str = ""


class _Group(_Settings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Machines with what holds for all of them; so is the whole file."""

    hosts: tuple[str, ...] = ()
    machines: Mapping[str, object] = {}


class _File(_Group, frozen=True, forbid_unknown_fields=True, kw_only=True):
    groups: Mapping[str, object] = {}


def is_toml(path: Path, text: str) -> bool:
    """Tell whether a file is TOML, by its ending or, where that says nothing, by what is in it."""
    if path.suffix in _OTHER_SUFFIXES:
        return False
    try:
        return path.suffix == ".toml" or bool(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError):
        return False


def read_toml(path: Path, text: str, *, home: Path) -> Inventory:
    """Return the machines in the text of a TOML file; raise `InventoryError`.

    A machine or a group that cannot be used is a warning. `~` in the path of a key is the home,
    a relative path is beside the file.
    """
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise InventoryError(f"{path}: not TOML: {error}") from None
    except RecursionError:
        raise InventoryError(f"{path}: nested deeper than any inventory") from None
    except msgspec.ValidationError as error:
        raise InventoryError(f"{path}: {_explain(error)}") from None
    reader = _Reader(path, home)
    machines = tuple(reader.read(file))
    return Inventory(machines, reader.warnings.lines())


class _Reader:
    """One file while it is read."""

    def __init__(self, path: Path, home: Path) -> None:
        self.warnings = Warnings(path)
        self._home = home
        # Later the program may stand elsewhere.
        self._folder = path.parent.absolute()
        self._left = MOST_MACHINES

    def read(self, file: _File) -> Iterator[Machine]:
        """Return what the file names, one after the other."""
        yield from self._read_group("", file, (file,))
        for name, body in file.groups.items():
            group = self._convert(body, _Group, f"groups.{name}")
            if group:
                yield from self._read_group(name, group, (group, file))

    def _read_group(
        self, name: str, group: _Group, settings: Sequence[_Settings]
    ) -> Iterator[Machine]:
        for pattern in group.hosts:
            for entry in self._expand(pattern):
                yield self._make_machine(entry.addr, entry, name, settings)
        where = f"groups.{name}.machines" if name else "machines"
        for key, body in group.machines.items():
            table = {"addr": body} if isinstance(body, str) else body
            entry_or_none = self._convert(table, _Entry, f"{where}.{key}")
            if entry_or_none is not None:
                yield self._make_machine(key, entry_or_none, name, settings)

    def _expand(self, pattern: str) -> Sequence[_Entry]:
        hosts, port = split_port(pattern)
        try:
            names = expand(hosts, most=self._left)
        except PatternError as error:
            self.warnings.add(f"hosts: {error}")
            return ()
        self._left -= len(names)
        return [_Entry(addr=name, port=port) for name in names]

    def _make_machine(
        self, name: str, entry: _Entry, group: str, settings: Sequence[_Settings]
    ) -> Machine:
        """Return a machine; its own settings go before `settings`, the first before the last."""
        levels = (entry, *settings)
        key = _first(level.key for level in levels)
        return Machine(
            name=name,
            addr=entry.addr or name,
            port=next((level.port for level in levels if level.port is not None), None),
            user=_first(level.user for level in levels),
            key_files=(str(find_file(key, home=self._home, beside=self._folder)),) if key else (),
            jump=_first(level.jump for level in levels),
            node_id=entry.node_id,
            region=_first(level.region for level in levels),
            contributor=_first(level.contributor for level in levels),
            groups=(group,) if group else (),
            source=SOURCE,
        )

    def _convert(self, body: object, kind: type[_Kind], where: str) -> _Kind | None:
        try:
            return msgspec.convert(body, kind)
        except msgspec.ValidationError as error:
            self.warnings.add(f"{where}: {_explain(error)}; left out")
        return None


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")


def _explain(error: msgspec.ValidationError) -> str:
    unknown = _UNKNOWN_KEY.search(str(error))
    if unknown:
        return f"{unknown['key']} is not known here"
    return str(error).replace("`$.", "`")
