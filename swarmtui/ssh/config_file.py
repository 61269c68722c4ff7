"""Read ssh's client configuration: which settings hold for a host, and which hosts it names.

Nothing that stands in it is ever run: `Match exec` does not match, and neither does a criterion
that is not known here.
"""

import glob
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from swarmtui.ssh.errors import SshError, SshFailure

SYSTEM_CONFIG = Path("/etc/ssh/ssh_config")

Values = Mapping[str, tuple[str, ...]]
"""Settings by keyword in lower case, each with its words."""

_DEEPEST = 16
"""Files within files, as in OpenSSH."""

_LINE = re.compile(r"\s*(?P<keyword>[A-Za-z0-9]+)(?:\s*=\s*|\s+)(?P<value>.*?)\s*")
_SPECIAL = set("\"'\\#")
_WITHOUT_VALUE = {"all", "canonical", "final"}
# Each of the two keeps the other from being set later.
_RIVALS = {"proxyjump": "proxycommand", "proxycommand": "proxyjump"}
_ADDED_UP = {"identityfile"}


class Criterion(NamedTuple):
    """One thing that a block asks of a host."""

    kind: str
    """In lower case, as after `Match`; a `Host` line is `originalhost`."""
    patterns: tuple[str, ...] = ()
    is_negated: bool = False


Block = tuple[Criterion, ...]
"""Matches when all of it does."""

_NEVER: Block = (Criterion("never"),)


class Setting(NamedTuple):
    """One line that sets something, and the blocks it stands in."""

    blocks: tuple[Block, ...]
    keyword: str
    words: tuple[str, ...]


class _Question(NamedTuple):
    """For which host settings are looked up."""

    name: str
    local_user: str
    is_final: bool


class ConfigFile:
    """The settings of ~/.ssh/config and of the system's, with all they include."""

    def __init__(self, settings: Sequence[Setting], names: Sequence[str] = ()) -> None:
        self._settings = tuple(settings)
        self.names = tuple(dict.fromkeys(names))
        """Hosts named in full, without wildcards, in the order of the files."""

    def lookup(self, name: str, *, first: Values, local_user: str) -> dict[str, tuple[str, ...]]:
        """Return what holds for a host; `first` goes before all that the files say."""
        values = dict(first)
        self._apply(values, _Question(name, local_user, is_final=False))
        if any(c.kind == "final" for s in self._settings for b in s.blocks for c in b):
            self._apply(values, _Question(name, local_user, is_final=True))
        return values

    def _apply(self, values: dict[str, tuple[str, ...]], question: _Question) -> None:
        for setting in self._settings:
            if _is_open(setting, values) and _holds(setting.blocks, values, question):
                old = values.get(setting.keyword, ())
                values[setting.keyword] = (*old, *(w for w in setting.words if w not in old))


def read_config(home: Path, *, system: Path = SYSTEM_CONFIG) -> ConfigFile:
    """Return the user's and the system's configuration; files that are not there say nothing.

    Raise `SshError` for one that is there and cannot be read.
    """
    reader = _Reader()
    for path, base in ((home / ".ssh" / "config", home), (system, None)):
        reader.read(path, home=base)
    return ConfigFile(reader.settings, reader.names)


class _Reader:
    """Takes in files, and those they include."""

    def __init__(self) -> None:
        self.settings: list[Setting] = []
        self.names: list[str] = []
        self._open: list[Path] = []
        """The files being read, each included by the one before."""

    def read(self, path: Path, *, home: Path | None, outer: tuple[Block, ...] = ()) -> None:
        """Take in a file that stands within the blocks `outer`; `home` unless it is the system's.

        A file that includes itself, if only through others, is read once.
        """
        if path in self._open or len(self._open) >= _DEEPEST:
            return
        self._open.append(path)
        block: tuple[Block, ...] = ()
        for keyword, value in _lines(path):
            match keyword:
                case "host":
                    block = (self._host_block(value),)
                case "match":
                    block = (_match_block(value),)
                case "include":
                    for included in _included(value, path, home):
                        self.read(included, home=home, outer=outer + block)
                case _:
                    self.settings += _setting(outer + block, keyword, value)
        self._open.pop()

    def _host_block(self, value: str) -> Block:
        patterns = _words(value)
        self.names += [p for p in patterns if not set(p) & set("*?!")]
        return (Criterion("originalhost", patterns),) if patterns else _NEVER


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield keyword, in lower case, and value of each line."""
    try:
        text = path.read_text("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise SshError(SshFailure.BROKEN, f"cannot read {path}: {error.strerror}") from error
    for line in text.splitlines():
        if found := _LINE.fullmatch(line):
            yield found["keyword"].lower(), found["value"]


def _words(value: str) -> tuple[str, ...]:
    """Return the words of a value, up to a comment; none when its quotes do not end."""
    if not set(value) & _SPECIAL:
        return tuple(value.split())  # nearly always, and in a fraction of the time
    try:
        words = shlex.split(value)
    except ValueError:
        return ()
    comment = next((at for at, word in enumerate(words) if word.startswith("#")), len(words))
    return tuple(words[:comment])


def _setting(blocks: tuple[Block, ...], keyword: str, value: str) -> list[Setting]:
    # A command is one text to the end of its line.
    words = (value,) if keyword == "proxycommand" and value else _words(value)
    return [Setting(blocks, keyword, words)] if words else []


def _included(value: str, path: Path, home: Path | None) -> Iterator[Path]:
    """Yield the files that an Include names, sorted within each pattern."""
    base = home / ".ssh" if home is not None else path.parent
    for word in _words(value):
        is_at_home = home is not None and word.startswith("~/")
        pattern = f"{glob.escape(str(home))}{word[1:]}" if is_at_home else word
        # Not that of Path, which takes no absolute pattern.
        yield from (base / found for found in sorted(glob.glob(pattern, root_dir=base)))  # noqa: PTH207


def _match_block(value: str) -> Block:
    """Return the criteria of a Match line; one that is not understood never matches."""
    words = list(_words(value))
    block: list[Criterion] = []
    while words:
        word = words.pop(0)
        kind, separator, pattern = word.removeprefix("!").lower().partition("=")
        if kind not in _WITHOUT_VALUE:
            if not separator and not words:
                return _NEVER
            pattern = word.partition("=")[2] if separator else words.pop(0)
        block.append(Criterion(kind, tuple(pattern.split(",")), word.startswith("!")))
    return tuple(block) or _NEVER


def _is_open(setting: Setting, values: Values) -> bool:
    """Tell whether a setting may still be set: the first one wins."""
    if setting.keyword in _ADDED_UP:
        return True
    return setting.keyword not in values and _RIVALS.get(setting.keyword, "") not in values


def _holds(blocks: tuple[Block, ...], values: Values, question: _Question) -> bool:
    return all(_meets(c, values, question) for block in blocks for c in block)


def _meets(criterion: Criterion, values: Values, question: _Question) -> bool:
    match criterion.kind:
        case "all":
            found = True
        case "canonical" | "final":
            found = question.is_final
        case "originalhost":
            found = matches(criterion.patterns, question.name)
        case "host":
            found = matches(criterion.patterns, hostname_of(values, question.name))
        case "user":
            found = matches(criterion.patterns, values.get("user", (question.local_user,))[0])
        case "localuser":
            found = matches(criterion.patterns, question.local_user)
        case _:
            return False  # exec, which is never run, and what is not known: not even when negated
    return found is not criterion.is_negated


def matches(patterns: Sequence[str], text: str) -> bool:
    """Tell whether a list of patterns, some of them with `!`, means this name."""
    text = text.lower()
    hits = [p for p in patterns if fnmatchcase(text, _glob(p.removeprefix("!").lower()))]
    return bool(hits) and not any(p.startswith("!") for p in hits)


def hostname_of(values: Values, name: str) -> str:
    """Return the name or address to connect to."""
    hostname = values.get("hostname", (name,))[0]
    return hostname.replace("%%", "\0").replace("%h", name).replace("\0", "%")


def _glob(pattern: str) -> str:
    """Return a pattern of ssh for fnmatch: brackets stand for themselves."""
    return pattern.replace("[", "[[]")
