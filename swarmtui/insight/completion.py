"""Say how the word of a filter that is being typed could go on."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, assert_never

from swarmtui.insight.picture import Picture
from swarmtui.insight.query_fields import FIELDS, Field, Kind
from swarmtui.insight.query_syntax import find_head, quote, quote_word, read_value, scan_words
from swarmtui.insight.query_values import Sort
from swarmtui.swarm.text import plain

MOST_CANDIDATES = 20

_IN_ORDER = frozenset({Sort.COUNT, Sort.SIZE, Sort.AGE})


class Candidate(NamedTuple):
    """One way to go on: what to write, and a word about it."""

    text: str
    note: str = ""


class Completion(NamedTuple):
    """What could stand between two places of the text instead, best first."""

    start: int
    end: int
    candidates: tuple[Candidate, ...]


class Wish(NamedTuple):
    """What is to be completed: the value of a field of one kind of thing."""

    field: Field
    typed: str
    picture: Picture
    kind: Kind


def complete(
    text: str, cursor: int, picture: Picture, kind: Kind, *, limit: int = MOST_CANDIDATES
) -> Completion:
    """Return how the word at `cursor` could go on: field names, or values of its field.

    Never raises: a text that is wrong has no candidates.
    """
    cursor = max(0, min(cursor, len(text)))
    start, end = _find_word(text, cursor)
    name, operator, value_start = find_head(text, start)
    if not operator or cursor < value_start:
        start += len(text[start:cursor]) - len(text[start:cursor].lstrip("-"))
        typed = read_value(text, start, cursor).text
        return Completion(start, end, _complete_bare(typed, picture, kind, limit))
    field = FIELDS.get(name.lower())
    if operator != ":" or field is None:
        return Completion(value_start, end, ())
    wish = Wish(field, read_value(text, value_start, cursor).text, picture, kind)
    values = _pick(_values_of(wish), wish.typed)
    return Completion(value_start, end, _write(values, limit, quote))


def _find_word(text: str, cursor: int) -> tuple[int, int]:
    for word in scan_words(text):
        if word.start <= cursor <= word.end:
            return word.start, word.end
    return cursor, cursor


def _complete_bare(typed: str, picture: Picture, kind: Kind, limit: int) -> tuple[Candidate, ...]:
    beginning = typed.casefold()
    fields = [name for name in _names_of_fields(kind) if name.text.startswith(beginning)][:limit]
    if not typed:
        return tuple(fields)
    field = FIELDS["service" if kind is Kind.SERVICES else "hostname"]
    names = _pick(_values_of(Wish(field, typed, picture, kind)), typed)
    return (*fields, *_write(names, limit - len(fields), quote_word))


def _names_of_fields(kind: Kind) -> Iterator[Candidate]:
    for field in FIELDS.values():
        if reading := field.readings.get(kind):
            end = ">" if reading.sort in _IN_ORDER else ":"
            yield Candidate(field.name + end, field.help)


def _pick(candidates: Iterable[Candidate], typed: str) -> Iterator[Candidate]:
    """Go through the candidates that begin with what was typed, then those that have it in them."""
    needle = typed.casefold()
    others: list[Candidate] = []
    for candidate in candidates:
        found = candidate.text.casefold().find(needle)
        if found == 0:
            yield candidate
        elif found > 0:
            others.append(candidate)
    yield from others


def _write(
    candidates: Iterable[Candidate], limit: int, quoted: Callable[[str], str]
) -> tuple[Candidate, ...]:
    # Control characters cannot be shown in the bar, so a value with some is not offered.
    showable = (c for c in candidates if plain(c.text) == c.text)
    return tuple(c._replace(text=quoted(c.text)) for c in islice(showable, limit))


def _values_of(wish: Wish) -> Iterable[Candidate]:
    reading = wish.field.readings.get(wish.kind)
    if reading is None:
        return ()
    if reading.sort is Sort.WORD:
        return [Candidate(word) for word in reading.words]
    find = _SOURCES.get(reading.sort)
    return find(wish) if find else ()


def _flags(_: Wish) -> Iterable[Candidate]:
    return [Candidate("yes"), Candidate("no")]


def _services(wish: Wish) -> Iterable[Candidate]:
    services = wish.picture.snapshot.services.values()
    return _count((service.name for service in services), wish.typed)


def _phrases(wish: Wish) -> Iterable[Candidate]:
    if wish.field.name == "error":
        return [Candidate(group.example, f"{group.count:,}") for group in wish.picture.errors]
    services = wish.picture.snapshot.services.values()
    return _count((service.image for service in services), wish.typed)


def _values_of_nodes(wish: Wish) -> Iterable[Candidate]:
    picture, readings = wish.picture, wish.field.readings
    if wish.kind is Kind.MACHINES and not picture.snapshot.nodes:
        get = readings[Kind.MACHINES].get
        known = (get(machine, picture) for machine in picture.machines.values())
        return _count((value for value in known if value), wish.typed)
    get = readings[Kind.NODES].get
    return _count((get(node, picture) for node in picture.snapshot.nodes.values()), wish.typed)


def _labels(wish: Wish) -> Iterable[Candidate]:
    maps = list(_label_maps(wish))
    key, is_with_value, _ = wish.typed.partition("=")
    if not is_with_value:
        return _count((key for labels in maps for key in labels), wish.typed)
    wanted = key.casefold()
    pairs = (
        f"{key}={value}"
        for labels in maps
        for key, value in labels.items()
        if key.casefold() == wanted
    )
    return _count(pairs, wish.typed)


def _label_maps(wish: Wish) -> Iterator[Mapping[str, str]]:
    snapshot = wish.picture.snapshot
    if wish.kind is Kind.SERVICES:
        yield from (service.labels for service in snapshot.services.values())
        return
    for node in snapshot.nodes.values():
        yield node.labels
        yield node.engine_labels


def _ids(wish: Wish) -> Iterable[Candidate]:
    if not wish.typed:
        return ()
    snapshot = wish.picture.snapshot
    match wish.kind:
        case Kind.NODES:
            return (Candidate(n.id, plain(n.hostname)) for n in snapshot.nodes.values())
        case Kind.SERVICES:
            return (Candidate(s.id, plain(s.name)) for s in snapshot.services.values())
        case Kind.TASKS | Kind.CONTAINERS | Kind.MACHINES | Kind.CONTRIBUTORS | Kind.HAPPENINGS:
            return ()  # A hundred thousand of them help nobody.
        case _:
            assert_never(wish.kind)


def _count(values: Iterable[str], typed: str) -> Iterable[Candidate]:
    """Return the different values that have `typed` in them, most frequent first, with counts."""
    counts = Counter(values)
    needle = typed.casefold()
    # Before sorting: ten thousand hostnames at each key would be felt.
    near = [(v, count) for v, count in counts.items() if v and needle in v.casefold()]
    near.sort(key=lambda item: (-item[1], item[0]))
    return (Candidate(value, f"{count:,}") for value, count in near)


_SOURCES: Mapping[Sort, Callable[[Wish], Iterable[Candidate]]] = {
    Sort.FLAG: _flags,
    Sort.LABELS: _labels,
    Sort.NAMED: _services,
    Sort.PHRASE: _phrases,
    Sort.IDENTITY: _ids,
    Sort.TEXT: _values_of_nodes,
    Sort.ADDRESS: _values_of_nodes,
    Sort.VERSION: _values_of_nodes,
}
