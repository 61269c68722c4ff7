"""Decide which of the things on a screen a filter means: nodes, services, tasks and others."""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import compress
from typing import Any, NamedTuple, TypeVar

from swarmtui.insight.containers import ContainerRow, MachineRow
from swarmtui.insight.crowds import Crowd
from swarmtui.insight.picture import Happening, Picture
from swarmtui.insight.query_fields import FIELDS, Field, Kind, Reading
from swarmtui.insight.query_syntax import Operator, QueryError, Term, parse_terms
from swarmtui.insight.query_values import Sort, Test, UnfitError, build_test, suggest, test_part
from swarmtui.swarm.entities import Node, Service, Task, task_name
from swarmtui.swarm.text import plain

T = TypeVar("T")

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(!?)=(.*)", re.DOTALL)


class Misfit(NamedTuple):
    """A term that means nothing for the things shown, and so matches none of them."""

    term: str
    """As written."""
    reason: str
    """One line for people."""


class Sieve(NamedTuple):
    """A term made ready for one picture: `verdict(key(thing))` tells whether the thing is meant."""

    key: Callable[[Any], Any]
    verdict: Callable[[Any], bool]
    is_cheap: bool
    """The verdict is only looked up for most things."""


Maker = Callable[[Picture], Sieve]


class Plan(NamedTuple):
    """A term compiled: for each kind of thing how to make its sieve, or why there is none."""

    term: Term
    makers: Mapping[Kind, Maker | UnfitError]


class _Verdicts(dict[Hashable, bool]):
    """Verdicts by key, each found when it is first asked for."""

    def __init__(self, find: Callable[[Any], bool]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: Hashable) -> bool:
        verdict = self[key] = self._find(key)
        return verdict


class Query:
    """A filter, compiled once. Equal to every other query of the same text."""

    def __init__(self, text: str, plans: tuple[Plan, ...]) -> None:
        self.text = text
        self._plans = plans
        # Sieves of the last picture by kind: the same one is asked about many times over.
        self._bound: dict[Kind, tuple[Picture, tuple[Sieve, ...]]] = {}

    def __repr__(self) -> str:
        return f"Query({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def is_empty(self) -> bool:
        """Tell whether it has no terms, and so matches everything."""
        return not self._plans

    def matches_node(self, node: Node, picture: Picture) -> bool:
        """Tell whether a node is meant."""
        return self._matches(node, Kind.NODES, picture)

    def matches_service(self, service: Service, picture: Picture) -> bool:
        """Tell whether a service is meant."""
        return self._matches(service, Kind.SERVICES, picture)

    def matches_task(self, task: Task, picture: Picture) -> bool:
        """Tell whether a task is meant; for many of them `filter_tasks` is ten times faster."""
        return self._matches(task, Kind.TASKS, picture)

    def filter_nodes(self, nodes: Iterable[Node], picture: Picture) -> list[Node]:
        """Return the nodes that are meant, in the order given."""
        return self._sift(nodes, Kind.NODES, picture)

    def filter_services(self, services: Iterable[Service], picture: Picture) -> list[Service]:
        """Return the services that are meant, in the order given."""
        return self._sift(services, Kind.SERVICES, picture)

    def filter_tasks(self, tasks: Iterable[Task], picture: Picture) -> list[Task]:
        """Return the tasks that are meant, in the order given."""
        return self._sift(tasks, Kind.TASKS, picture)

    def filter_containers(
        self, containers: Iterable[ContainerRow], picture: Picture
    ) -> list[ContainerRow]:
        """Return the containers that are meant, in the order given."""
        return self._sift(containers, Kind.CONTAINERS, picture)

    def filter_machines(self, machines: Iterable[MachineRow], picture: Picture) -> list[MachineRow]:
        """Return the machines that are meant, in the order given."""
        return self._sift(machines, Kind.MACHINES, picture)

    def filter_contributors(self, crowds: Iterable[Crowd], picture: Picture) -> list[Crowd]:
        """Return the contributors that are meant, in the order given."""
        return self._sift(crowds, Kind.CONTRIBUTORS, picture)

    def filter_happenings(
        self, happenings: Iterable[Happening], picture: Picture
    ) -> list[Happening]:
        """Return the lines of the timeline that are meant, in the order given."""
        return self._sift(happenings, Kind.HAPPENINGS, picture)

    def misfits(self, kind: Kind) -> tuple[Misfit, ...]:
        """Return the terms that mean nothing for this kind; while there are any, none matches.

        A state that this kind is never in is one too, unless it is what is excluded.
        """
        return tuple(
            Misfit(_text_of(self.text, plan.term), maker.message)
            for plan in self._plans
            if isinstance(maker := plan.makers[kind], UnfitError)
            and not (maker.is_never and plan.term.is_negated)
        )

    def _matches(self, thing: object, kind: Kind, picture: Picture) -> bool:
        return all(sieve.verdict(sieve.key(thing)) for sieve in self._bind(kind, picture))

    def _sift(self, things: Iterable[T], kind: Kind, picture: Picture) -> list[T]:
        left = list(things)
        for sieve in self._bind(kind, picture):
            left = list(compress(left, map(sieve.verdict, map(sieve.key, left))))
        return left

    def _bind(self, kind: Kind, picture: Picture) -> tuple[Sieve, ...]:
        bound = self._bound.get(kind)
        if bound is not None and bound[0] is picture:
            return bound[1]
        sieves = [_make_sieve(plan, kind, picture) for plan in self._plans]
        sieves.sort(key=lambda sieve: not sieve.is_cheap)
        self._bound[kind] = (picture, tuple(sieves))
        return tuple(sieves)


def parse_query(text: str) -> Query:
    """Return the filter that `text` describes; raise `QueryError`. Empty text matches all."""
    return Query(text, tuple(_plan(term) for term in parse_terms(text)))


EVERYTHING = parse_query("")
"""The filter that lets everything through."""


def _plan(term: Term) -> Plan:
    if not term.field:
        return _plan_bare(term)
    field = FIELDS.get(term.field)
    if field is None:
        raise term.refuse(_no_field(term.field))
    makers = {kind: _try_reading(term, field, kind) for kind in Kind}
    if all(isinstance(maker, UnfitError) for maker in makers.values()):
        raise _refuse(term, [makers[kind] for kind in field.readings])
    return Plan(term, makers)


def _no_field(name: str) -> str:
    near = suggest(name, FIELDS)
    return f"no field {name}{near or '; put quotes around text that is not a field'}"


def _try_reading(term: Term, field: Field, kind: Kind) -> Maker | UnfitError:
    reading = field.readings.get(kind)
    if reading is None:
        return UnfitError(f"{field.name} does not apply to {kind}", at_value=False)
    try:
        test = build_test(reading.sort, term, words=reading.words)
    except UnfitError as error:
        return error
    return _make_maker(reading, test, is_negated=term.is_negated)


def _make_maker(reading: Reading, test: Test, *, is_negated: bool) -> Maker:
    get, key = reading.get, reading.key

    def make(picture: Picture) -> Sieve:
        def find(thing: object) -> bool:
            value = get(thing, picture)
            return (value is not None and test(value)) is not is_negated

        if key is None:
            return Sieve(_itself, find, is_cheap=False)
        return Sieve(key, _Verdicts(find).__getitem__, is_cheap=True)

    return make


def _refuse(term: Term, causes: Iterable[object]) -> QueryError:
    """Return the error for a term that fits nothing, with the cause nearest to what was meant."""
    unfit = [cause for cause in causes if isinstance(cause, UnfitError)]
    words = [
        word
        for reading in FIELDS[term.field].readings.values()
        if reading.sort is Sort.WORD
        for word in reading.words
    ]
    if words and term.operator is Operator.IS:
        text = plain(term.value.text)
        known = ", ".join(dict.fromkeys(words))
        near = suggest(text.casefold(), words)
        return term.value.refuse(f"no {term.field} {text}{near}; known: {known}")
    cause = next((cause for cause in unfit if cause.at_value), unfit[0])
    return (term.value if cause.at_value else term).refuse(cause.message)


def _plan_bare(term: Term) -> Plan:
    if not term.value.text:
        raise term.value.refuse("nothing between the quotes: write what to look for")
    assigned = None if term.value.is_quoted else _ASSIGNMENT.fullmatch(term.value.text)
    if assigned and assigned[1].lower() in FIELDS:
        minus = "-" if term.is_negated is not bool(assigned[2]) else ""
        better = plain(f"{minus}{assigned[1]}:{assigned[3] or 'value'}")
        raise term.value.refuse(f"write {better} with a colon")
    test = test_part(term.value)
    return Plan(term, {kind: _look_for(test, kind, is_negated=term.is_negated) for kind in Kind})


def _look_for(test: Test, kind: Kind, *, is_negated: bool) -> Maker:
    def make(picture: Picture) -> Sieve:
        find = _BARE[kind](test, picture)
        if is_negated:
            return Sieve(_itself, lambda thing: not find(thing), is_cheap=False)
        return Sieve(_itself, find, is_cheap=False)

    return make


def _find_in_nodes(test: Test, _: Picture) -> Test:
    return lambda node: test(node.hostname) or test(node.id) or test(node.addr)


def _find_in_services(test: Test, _: Picture) -> Test:
    return lambda service: test(service.name) or test(service.id) or test(service.image)


def _find_in_tasks(test: Test, picture: Picture) -> Test:
    nodes, services = picture.snapshot.nodes, picture.snapshot.services
    on_nodes = _Verdicts(lambda id_: id_ in nodes and test(nodes[id_].hostname))

    def find(task: Task) -> bool:
        return (
            on_nodes[task.node_id]
            or test(task.id)
            or test(task_name(task, services.get(task.service_id)))
        )

    return find


def _find_in_containers(test: Test, _: Picture) -> Test:
    return lambda row: (
        test(row.hostname)
        or test(row.machine)
        or test(row.stats.container)
        or test(row.stats.container_id)
    )


def _find_in_machines(test: Test, _: Picture) -> Test:
    return lambda machine: test(machine.name) or test(machine.hostname) or test(machine.node_id)


def _find_in_contributors(test: Test, _: Picture) -> Test:
    return lambda crowd: test(crowd.name)


def _find_in_happenings(test: Test, _: Picture) -> Test:
    return lambda happening: test(happening.text)


_BARE: Mapping[Kind, Callable[[Test, Picture], Test]] = {
    Kind.NODES: _find_in_nodes,
    Kind.SERVICES: _find_in_services,
    Kind.TASKS: _find_in_tasks,
    Kind.CONTAINERS: _find_in_containers,
    Kind.MACHINES: _find_in_machines,
    Kind.CONTRIBUTORS: _find_in_contributors,
    Kind.HAPPENINGS: _find_in_happenings,
}


def _make_sieve(plan: Plan, kind: Kind, picture: Picture) -> Sieve:
    maker = plan.makers[kind]
    if not isinstance(maker, UnfitError):
        return maker(picture)
    verdict = maker.is_never and plan.term.is_negated
    return Sieve(_itself, lambda _: verdict, is_cheap=True)


def _itself(thing: T) -> T:
    return thing


def _text_of(text: str, term: Term) -> str:
    return plain(text[term.position : term.position + term.length])
