"""Make what was seen fit to be recorded: without secrets, and with what is redacted replaced."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from operator import is_
from typing import Any, TypeVar

import msgspec

from swarmtui.recording.addresses import read_address
from swarmtui.recording.fields import FIELDS, Treatment
from swarmtui.recording.redaction import Redaction, find_names
from swarmtui.recording.specs import Labels, without_secrets
from swarmtui.swarm.entities import Node, Task
from swarmtui.swarm.observation import EventSeen

S = TypeVar("S", bound=msgspec.Struct)

MOST_TEXTS = 1 << 14
"""Texts remembered with what they are without secrets: errors repeat a thousand times."""
SHORT_ID = 12
"""Characters of the id that a node without a hostname is called by: see `insight.wording`."""

# `tcp://NAME:2375/path`, `NAME:2377`, `NAME`.
_HOST = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*://)?(?P<name>[^:/\[]*).*", re.DOTALL)
_NAMING = frozenset(
    {
        Treatment.HOSTNAME,
        Treatment.NAME,
        Treatment.HOST,
        Treatment.EVENT_NAME,
        Treatment.TOLD,
        Treatment.BY_MACHINE,
    }
)
_OF_CONTAINERS = frozenset({"service", "container", "task"})
"""What events are of whose name is that of a service, with a number behind it or not."""


class Discretion:
    """What one recording may hold of what was seen.

    What needs no change comes back as the very same object. Order matters: texts are searched for
    a hostname from the moment on in which it was seen to be one.
    """

    def __init__(self, redaction: Redaction, *, labels: Labels) -> None:
        self._redaction = redaction
        self._labels = labels
        self._texts: dict[str, str] = {}
        self._node_ids: set[str] = set()
        """Also cut, as nodes without a hostname are called."""
        self._treat: Mapping[Treatment, Callable[[Any], Any]] = {
            Treatment.TEXT: _on_each(self.text),
            Treatment.SENTENCE: self.text,
            Treatment.HOSTNAME: redaction.name,
            Treatment.NAME: self.name,
            Treatment.HOST: _on_each(self.host),
            Treatment.LABELS: self._clean_labels,
            Treatment.VERB: lambda action: self.text(action.partition(":")[0]),
            Treatment.TOLD: lambda told: {(self.host(host), what) for host, what in told},
            Treatment.BY_MACHINE: lambda known: {self.name(n): each for n, each in known.items()},
            Treatment.PARTS: self._clean_parts,
        }

    def clean(self, thing: S) -> S:
        """Return a struct as it may be recorded."""
        self.learn(thing)
        return self._clean(thing)

    def learn(self, thing: object) -> None:
        """Take note of the hostnames in it, before texts are searched for them."""
        if self._redaction.replaces_names:
            for part in _iterate_structs(thing):
                self._learn(part)

    def text(self, text: str) -> str:
        """Return a text as it may be recorded."""
        if not text:
            return text
        known = self._texts.get(text)
        if known is None:
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            known = self._texts[text] = without_secrets(text)
        clean = self._redaction.text(known)
        return text if clean == text else clean

    def name(self, name: str) -> str:
        """Return what a machine or a node is called, as it may be recorded; a node's id stays."""
        return name if name in self._node_ids else self._redaction.name(name)

    def host(self, host: str) -> str:
        """Return an address, a hostname or a URL as it may be recorded."""
        clean = without_secrets(host)
        name = _name_in(clean) if self._redaction.replaces_names else ""
        if name:
            before, _, behind = clean.partition(name)
            return f"{before}{self._redaction.name(name)}{self._redaction.text(behind)}"
        clean = self._redaction.text(clean)
        return host if clean == host else clean

    def _learn(self, thing: msgspec.Struct) -> None:
        if isinstance(thing, Node):
            self._node_ids |= {thing.id, thing.id[:SHORT_ID]}
        for field, treatment in FIELDS.get(type(thing), {}).items():
            if treatment is Treatment.PARTS:
                self.learn(getattr(thing, field))
            elif treatment is Treatment.SENTENCE:
                for name in find_names(getattr(thing, field)):
                    self.name(name)
            elif treatment in _NAMING:
                self._clean_field(thing, field, treatment)

    def _clean(self, thing: S) -> S:
        if isinstance(thing, Task):
            return self._clean_task(thing)  # type: ignore[return-value]
        changes = {}
        for field, treatment in FIELDS.get(type(thing), {}).items():
            value = getattr(thing, field)
            if value and (clean := self._clean_field(thing, field, treatment)) is not value:
                changes[field] = clean
        return msgspec.structs.replace(thing, **changes) if changes else thing

    def _clean_field(self, thing: msgspec.Struct, field: str, treatment: Treatment) -> object:
        value = getattr(thing, field)
        match treatment:
            case Treatment.KEPT:
                return value
            case Treatment.OMITTED:
                return _find_default(type(thing), field)
            case Treatment.EVENT_NAME if isinstance(thing, EventSeen):
                return self._clean_event_name(thing)
            case _:
                return self._treat[treatment](value)

    def _clean_task(self, task: Task) -> Task:
        # As the table has it, and faster: there are 100,000 of them.
        error, image = self.text(task.error), self.text(task.image)
        if error is task.error and image is task.image:
            return task
        return msgspec.structs.replace(task, error=error, image=image)

    def _clean_parts(self, value: Any) -> Any:  # noqa: ANN401 - structs, however they are held
        match value:
            case msgspec.Struct():
                return self._clean(value)
            case tuple():
                clean = tuple(map(self._clean_parts, value))
                return value if all(map(is_, clean, value)) else clean
            case Mapping():
                by_key = {key: self._clean_parts(part) for key, part in value.items()}
                return value if all(map(is_, by_key.values(), value.values())) else by_key
            case _:
                return value

    def _clean_event_name(self, event: EventSeen) -> str:
        if event.type == "node":
            return self._redaction.name(event.name)
        return event.name if event.type in _OF_CONTAINERS else self.text(event.name)

    def _clean_labels(self, labels: Mapping[str, str]) -> Mapping[str, str]:
        chosen = self._labels.choose(labels)
        clean = {self.text(key): self.text(value) for key, value in chosen.items()}
        return chosen if clean == chosen else clean


def _name_in(host: str) -> str:
    """Return the hostname in what a host is asked as; empty when it is an address, or a path."""
    match = _HOST.fullmatch(host)
    if match is None or match["scheme"] == "unix://" or read_address(host) is not None:
        return ""
    return "" if read_address(match["name"]) is not None else match["name"]


def _iterate_structs(value: object) -> Iterator[msgspec.Struct]:
    match value:
        case msgspec.Struct():
            yield value
        case tuple():
            yield from chain.from_iterable(map(_iterate_structs, value))
        case Mapping():
            yield from chain.from_iterable(map(_iterate_structs, value.values()))
        case _:
            pass


def _on_each(treat: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return what treats a text, or each of several."""

    def treat_each(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if isinstance(value, str):
            return treat(value)
        clean = tuple(map(treat, value))
        return value if clean == value else clean

    return treat_each


def _find_default(type_: type[msgspec.Struct], field: str) -> object:
    """Return what a field is when nothing is said of it."""
    found = next(each for each in msgspec.structs.fields(type_) if each.name == field)
    return found.default_factory() if callable(found.default_factory) else found.default
