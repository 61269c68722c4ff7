"""Read the text of a filter into terms, and point at what is wrong with it."""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from swarmtui.swarm.text import plain

LONGEST_QUERY = 2_000
"""Characters; longer text is a paste gone wrong, not a filter."""

_BLANKS = re.compile(r"\s*")
_PIECE = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<open>")|(?P<bare>[^\s"]+)', re.DOTALL)
_HEAD = re.compile(r"(?P<minus>-*)(?:(?P<field>[A-Za-z_]\w*)(?P<operator>>=|<=|[:~<>]))?")
_ESCAPE = re.compile(r'\\(["\\])')
_NEEDS_QUOTES = re.compile(r'[\s"*]|^$')
_LOOKS_LIKE_MORE = re.compile(r"[:~<>=]|^-")


class Operator(StrEnum):
    """How a field is compared with a value."""

    IS = ":"
    MATCHES = "~"
    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="


class QueryError(ValueError):
    """A filter that cannot be used, and where it goes wrong.

    `message` is one line for people; `position` and `length` count characters of the text.
    """

    def __init__(self, message: str, *, position: int, length: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.length = length


class Written(NamedTuple):
    """A value as written: its text without quotes, and where it stands."""

    text: str
    position: int
    length: int
    stars: frozenset[int] = frozenset()
    """Places in `text` of the `*` that stand for anything; one inside quotes is just a `*`."""
    is_quoted: bool = False

    def refuse(self, message: str) -> QueryError:
        """Return the error that points at this value."""
        return QueryError(message, position=self.position, length=max(1, self.length))


class Term(NamedTuple):
    """One word of a filter."""

    field: str
    """In lower case; empty for a bare word."""
    operator: Operator
    value: Written
    is_negated: bool
    position: int
    length: int

    def refuse(self, message: str) -> QueryError:
        """Return the error that points at the field."""
        return QueryError(
            message, position=self.position + self.is_negated, length=max(1, len(self.field))
        )


class Word(NamedTuple):
    """A stretch of text between blanks that are not inside quotes."""

    start: int
    end: int
    is_closed: bool
    """False when a quote is still open."""


def parse_terms(text: str) -> tuple[Term, ...]:
    """Return the terms of a filter, in the order written; raise `QueryError`.

    Knows the shape of terms only: which fields there are is not decided here.
    """
    if len(text) > LONGEST_QUERY:
        raise QueryError(
            f"a filter has at most {LONGEST_QUERY} characters, this has {len(text)}",
            position=LONGEST_QUERY,
        )
    return tuple(_parse_word(text, word) for word in scan_words(text))


def scan_words(text: str) -> Iterator[Word]:
    """Go through the words of a text, also of one that is still being typed."""
    start = _skip_blanks(text, 0)
    while start < len(text):
        end, is_closed = _find_end(text, start)
        yield Word(start, end, is_closed)
        start = _skip_blanks(text, end)


def find_head(text: str, start: int = 0) -> tuple[str, str, int]:
    """Return the field and the operator a word begins with, and where its value begins.

    Both are empty for a bare word.
    """
    head = _HEAD.match(text, start)
    if head is None:  # pragma: no cover - the pattern matches the empty text too
        return "", "", start
    return head["field"] or "", head["operator"] or "", head.end()


def read_value(text: str, start: int, end: int) -> Written:
    """Return what is written between two places, quotes and escapes resolved.

    A quote that is still open reaches to the end.
    """
    parts: list[str] = []
    stars: set[int] = set()
    size, has_quotes, at = 0, False, start
    while at < end:
        piece = _PIECE.match(text, at, end)
        if piece is None or piece["open"]:
            part, bare, at = text[at + 1 : end], False, end
        else:
            bare = piece["bare"] is not None
            part, at = piece["bare"] if bare else piece["quoted"], piece.end()
        if bare:
            stars.update(size + index for index, char in enumerate(part) if char == "*")
        else:
            part, has_quotes = _ESCAPE.sub(r"\1", part), True
        parts.append(part)
        size += len(part)
    return Written("".join(parts), start, end - start, frozenset(stars), has_quotes)


def quote(value: str) -> str:
    """Return `value` as it has to be written after an operator to be taken literally."""
    return _put_in_quotes(value) if _NEEDS_QUOTES.search(value) else value


def quote_word(text: str) -> str:
    """Return `text` as it has to be written to be looked for as it is, without a field."""
    return _put_in_quotes(text) if _LOOKS_LIKE_MORE.search(text) else quote(text)


def point_at(text: str, error: QueryError) -> str:
    """Return two lines for a terminal: the filter, and marks below what is wrong with it."""
    before = plain(text[: error.position])
    wrong = plain(text[error.position : error.position + error.length])
    after = plain(text[error.position + error.length :])
    marks = "^" * max(1, _count_cells(wrong))
    return f"{before}{wrong}{after}\n{' ' * _count_cells(before)}{marks}"


def _put_in_quotes(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _parse_word(text: str, word: Word) -> Term:
    if not word.is_closed:
        opening = _find_opening(text, word)
        raise QueryError(
            'this quote is not closed: put a " where it ends',
            position=opening,
            length=word.end - opening,
        )
    field, operator, start = find_head(text, word.start)
    value = read_value(text, start, word.end)
    minuses = len(text[word.start : start]) - len(field) - len(operator)
    length = word.end - word.start
    if minuses > 1:
        raise QueryError(
            "one - is enough to exclude something", position=word.start, length=minuses
        )
    if not value.length:
        what = f"{field}{operator} needs a value" if field else "- needs what it excludes"
        raise QueryError(f"{what} right after it", position=word.start, length=length)
    kind = Operator(operator) if operator else Operator.IS
    return Term(field.lower(), kind, value, bool(minuses), word.start, length)


def _skip_blanks(text: str, start: int) -> int:
    blanks = _BLANKS.match(text, start)
    return blanks.end() if blanks else start


def _find_end(text: str, start: int) -> tuple[int, bool]:
    while piece := _PIECE.match(text, start):
        if piece["open"]:
            return len(text), False
        start = piece.end()
    return start, True


def _find_opening(text: str, word: Word) -> int:
    at = word.start
    while (piece := _PIECE.match(text, at)) and not piece["open"]:
        at = piece.end()
    return at


def _count_cells(text: str) -> int:
    return sum(_cells_of(char) for char in text)


def _cells_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
