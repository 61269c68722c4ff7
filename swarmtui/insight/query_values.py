"""Turn the value of a filter's term into a test of one value read from the swarm."""

import operator
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from enum import Enum, auto
from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import Any, NamedTuple

from swarmtui.insight.query_syntax import Operator, Term, Written
from swarmtui.swarm.text import plain

LONGEST_PATTERN = 200
"""Characters of a regular expression."""
LONGEST_SUBJECT = 1_000
"""Characters of a value that a regular expression is shown."""

Test = Callable[[Any], bool]
"""Tells whether a value read from a node, service or task is meant; never raises."""


class Sort(Enum):
    """What kind of value a field has, which decides what its operators mean."""

    TEXT = auto()
    """`:` is the whole text, in any case of letters; `*` stands for anything."""
    PHRASE = auto()
    """`:` is a part of the text."""
    IDENTITY = auto()
    """`:` is the beginning."""
    NAMED = auto()
    """A name and an id: `:` is the whole name or the beginning of the id."""
    WORD = auto()
    """One of a closed set."""
    FLAG = auto()
    """`yes` or `no`."""
    COUNT = auto()
    SIZE = auto()
    """Bytes: `512M`, `1.5G`, in powers of 1,024 as docker counts; `:` is give or take a tenth."""
    AGE = auto()
    """Seconds: `90s`, `5m`, `1h30m`, `2d`."""
    VERSION = auto()
    """`20.10` means all of 20.10; compared number by number as far as written."""
    ADDRESS = auto()
    """Text, or a network: `10.4.0.0/16`."""
    LABELS = auto()
    """`key` or `key=value`."""


class UnfitError(ValueError):
    """A term that makes no sense for a field of one kind of thing."""

    def __init__(self, message: str, *, at_value: bool = True, is_never: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.at_value = at_value
        self.is_never = is_never
        """The term has a meaning; it is just never true of this kind of thing."""


class Quantity(NamedTuple):
    """A number as written, and how far off still counts as equal."""

    value: float
    slack: float = 0.0


_COMPARISONS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.ABOVE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.BELOW: operator.lt,
    Operator.AT_MOST: operator.le,
}
_SIZES: Mapping[str, float] = {unit: 1024.0**power for power, unit in enumerate("bkmgtp")}
_SECONDS: Mapping[str, float] = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_COUNTS: Mapping[str, float] = {"": 1, "k": 1e3, "m": 1e6}
_FLAGS: Mapping[str, bool] = {"yes": True, "no": False, "true": True, "false": False}

_NUMBER = r"([0-9]{1,15}(?:\.[0-9]{1,9})?)"
_COUNT = re.compile(_NUMBER + r"([km]?)", re.IGNORECASE)
_SIZE = re.compile(_NUMBER + r"(?:([bkmgtp]?)(?:i?b)?)", re.IGNORECASE)
_SPAN = re.compile(_NUMBER + r"([smhdw]?)", re.IGNORECASE)
_VERSION = re.compile(r"v?([0-9]{1,9}(?:\.[0-9]{1,9})*)", re.IGNORECASE)
# A repeated group that ends in a repeat, `(a+)+`, can take for ever on thirty characters.
_RUNAWAY = re.compile(r"[*+}]\??\)(?:[*+]|\{\d*,)")


def build_test(sort: Sort, term: Term, *, words: tuple[str, ...] = ()) -> Test:
    """Return the test that `term` makes of a value of this sort; raise `UnfitError`.

    `words` are the known ones of `Sort.WORD`.
    """
    if term.operator is Operator.MATCHES:
        return _test_pattern(sort, term)
    if term.operator is not Operator.IS:
        return _test_order(sort, term)
    if sort is Sort.WORD:
        return _test_word(term.value, words, term.field)
    return _EQUALITIES[sort](term.value)


def test_part(value: Written) -> Test:
    """Return a test for texts that contain `value`, in any case of letters."""
    if value.stars:
        return _test_glob(value, whole=False)
    needle = value.text.casefold()
    return (lambda text: needle in text.casefold()) if needle else operator.not_


def suggest(word: str, known: Iterable[str]) -> str:
    """Return `: did you mean …?`, or nothing when no known word is near."""
    # 0.75: `nginx` does not mean `engine`.
    near = get_close_matches(word, list(known), n=1, cutoff=0.75)
    return f": did you mean {near[0]}?" if near else ""


def _test_text(value: Written) -> Test:
    if value.stars:
        return bool if value.text == "*" else _test_glob(value, whole=True)
    wanted = value.text.casefold()
    return lambda text: text.casefold() == wanted


def _test_phrase(value: Written) -> Test:
    return bool if value.stars and value.text == "*" else test_part(value)


def _test_identity(value: Written) -> Test:
    if value.stars or not value.text:
        return _test_text(value)
    wanted = value.text.casefold()
    return lambda text: text.startswith(wanted)


def _test_named(value: Written) -> Test:
    is_name, is_id = _test_text(value), _test_identity(value)
    return lambda pair: is_name(pair[0]) or is_id(pair[1])


def _test_word(value: Written, words: tuple[str, ...], field: str) -> Test:
    wanted = value.text.casefold()
    if wanted and not value.stars and wanted not in words:
        near = suggest(wanted, words)
        known = ", ".join(words)
        raise UnfitError(f"no {field} {plain(value.text)}{near}; known: {known}", is_never=True)
    return _test_text(value)


def _test_flag(value: Written) -> Test:
    wanted = _FLAGS.get(value.text.casefold())
    if wanted is None:
        raise UnfitError(f"{plain(value.text)} is neither yes nor no")
    return lambda flag: flag is wanted


def _test_address(value: Written) -> Test:
    if "/" not in value.text:
        return _test_text(value)
    try:
        network = ip_network(value.text, strict=False)
    except ValueError:
        raise UnfitError(f"{plain(value.text)} is no network: write it as 10.4.0.0/16") from None

    def is_inside(text: str) -> bool:
        try:
            return ip_address(text) in network
        except ValueError:
            return False

    return is_inside


def _test_version(value: Written) -> Test:
    if value.stars or not value.text:
        return _test_text(value)
    wanted = value.text.casefold()

    def is_version(text: str) -> bool:
        rest = text.casefold().removeprefix(wanted)
        return len(rest) < len(text) and not rest[:1].isalnum()

    return is_version


def _test_labels(value: Written) -> Test:
    key_end = value.text.find("=")
    if key_end < 0:
        is_key = _test_text(value)
        return lambda maps: any(is_key(key) for labels in maps for key in labels)
    is_key = _test_text(_cut(value, 0, key_end))
    is_value = _test_text(_cut(value, key_end + 1, len(value.text)))
    return lambda maps: any(
        is_key(key) and is_value(text) for labels in maps for key, text in labels.items()
    )


def _cut(value: Written, start: int, end: int) -> Written:
    stars = frozenset(star - start for star in value.stars if start <= star < end)
    return value._replace(text=value.text[start:end], stars=stars)


def _test_glob(value: Written, *, whole: bool) -> Test:
    chunks = _split_at_stars(value) if whole else ["", *_split_at_stars(value), ""]
    first, *middle, last = [re.escape(chunk) for chunk in chunks]
    # Atomic groups, as fnmatch.translate makes them: no star is ever tried twice.
    source = first + "".join(f"(?>.*?{chunk})" for chunk in middle) + ".*" + last
    found = re.compile(source, re.IGNORECASE | re.DOTALL).fullmatch
    return lambda text: found(text) is not None


def _split_at_stars(value: Written) -> list[str]:
    edges = [-1, *sorted(value.stars), len(value.text)]
    return [value.text[a + 1 : b] for a, b in pairwise(edges)]


def _test_pattern(sort: Sort, term: Term) -> Test:
    if sort in _QUANTITIES or sort is Sort.FLAG:
        raise UnfitError(f"{term.field} is not text: use : {_orders_of(sort)}", at_value=False)
    found = _compile(term.value.text).search
    if sort is Sort.NAMED:
        return lambda pair: found(pair[0]) is not None or found(pair[1]) is not None
    if sort is Sort.LABELS:
        return lambda maps: any(
            found(f"{key}={text}"[:LONGEST_SUBJECT]) is not None
            for labels in maps
            for key, text in labels.items()
        )
    return lambda text: found(text[:LONGEST_SUBJECT]) is not None


def _compile(pattern: str) -> re.Pattern[str]:
    if len(pattern) > LONGEST_PATTERN:
        raise UnfitError(f"a pattern has at most {LONGEST_PATTERN} characters")
    if _RUNAWAY.search(pattern):
        raise UnfitError("a repeat inside a repeated group can take for ever: take one of them out")
    try:
        # Warnings about patterns that mean something else one day would land on the screen.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise UnfitError(f"not a regular expression: {plain(str(error))}") from None


def _test_order(sort: Sort, term: Term) -> Test:
    compare = _COMPARISONS[term.operator]
    if sort is Sort.VERSION:
        return _test_version_order(term.value, compare)
    if sort not in _QUANTITIES:
        message = f"{term.field} has no order: use : {_orders_of(sort)}"
        raise UnfitError(message, at_value=False)
    limit = _QUANTITIES[sort](term.value.text).value
    return lambda number: compare(number, limit)


def _orders_of(sort: Sort) -> str:
    if sort is Sort.FLAG:
        return "with yes or no"
    return "> >= < or <=" if sort in _QUANTITIES else "or ~"


def _test_version_order(value: Written, compare: Callable[[Any, Any], bool]) -> Test:
    limit = _read_version(value.text)
    if not limit:
        raise UnfitError(f"{plain(value.text)} is no version: write it as 20.10")

    def is_in_order(text: str) -> bool:
        version = _read_version(text)
        return bool(version) and compare(version[: len(limit)], limit)

    return is_in_order


def _read_version(text: str) -> tuple[int, ...]:
    found = _VERSION.match(text)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _test_quantity(read: Callable[[str], Quantity]) -> Callable[[Written], Test]:
    def build(value: Written) -> Test:
        wanted, slack = read(value.text)
        return lambda number: abs(number - wanted) <= slack

    return build


def _read_count(text: str) -> Quantity:
    found = _COUNT.fullmatch(text)
    if found is None:
        raise UnfitError(f"{plain(text)} is not a number")
    return Quantity(float(found[1]) * _COUNTS[found[2].lower()])


def _read_size(text: str) -> Quantity:
    found = _SIZE.fullmatch(text)
    if found is None:
        raise UnfitError(f"{plain(text)} is not a size: write it as 512M or 1.5G")
    unit = _SIZES[found[2].lower() or "b"]
    size = float(found[1]) * unit
    # Engines report what the kernel left over: a machine sold with 512M says 485M to 512M.
    return Quantity(size, size / 10 if unit > 1 else 0.0)


def _read_age(text: str) -> Quantity:
    found = list(_SPAN.finditer(text))
    is_whole = "".join(part[0] for part in found) == text and bool(text)
    if not is_whole or any(not part[2] for part in found[1:]):
        raise UnfitError(f"{plain(text)} is not an age: write it as 90s, 5m, 1h30m or 2d")
    units = [_SECONDS[part[2].lower() or "s"] for part in found]
    total = sum(float(part[1]) * unit for part, unit in zip(found, units, strict=True))
    return Quantity(total, units[-1] * _precision_of(found[-1][1]) / 2)


def _precision_of(number: str) -> float:
    _, _, decimals = number.partition(".")
    return 10.0 ** -len(decimals)


_QUANTITIES: Mapping[Sort, Callable[[str], Quantity]] = {
    Sort.COUNT: _read_count,
    Sort.SIZE: _read_size,
    Sort.AGE: _read_age,
}
_EQUALITIES: Mapping[Sort, Callable[[Written], Test]] = {
    Sort.TEXT: _test_text,
    Sort.PHRASE: _test_phrase,
    Sort.IDENTITY: _test_identity,
    Sort.NAMED: _test_named,
    Sort.FLAG: _test_flag,
    Sort.VERSION: _test_version,
    Sort.ADDRESS: _test_address,
    Sort.LABELS: _test_labels,
    **{sort: _test_quantity(read) for sort, read in _QUANTITIES.items()},
}
