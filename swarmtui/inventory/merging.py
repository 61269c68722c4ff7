"""Make one list of machines out of several sources: each machine once, each name once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import NamedTuple

import msgspec

from swarmtui.inventory.inventory import Warnings
from swarmtui.swarm.machine import Machine

_SSH = 22
_GAPS = ("user", "port", "key_files", "jump", "node_id", "region", "contributor", "groups")


class _Place(NamedTuple):
    """Where a machine answers."""

    addr: str
    port: int


def merge_machines(machines: Iterable[Machine], warnings: Warnings) -> tuple[Machine, ...]:
    """Return each machine once: what the first source says of it, its gaps filled by later ones.

    The same address and port is the same machine, unless it lies behind different gates. A name
    that is taken gets a number.
    """
    merged: list[Machine] = []
    at: defaultdict[_Place, dict[str, int]] = defaultdict(dict)
    for machine in machines:
        gates = at[_place_of(machine)]
        gate = _find_gate(machine.jump, gates)
        if gate is None:
            gates[machine.jump] = len(merged)
            merged.append(machine)
        else:
            known = gates.pop(gate)
            merged[known] = _fill_gaps(merged[known], machine)
            gates[merged[known].jump] = known
    return _name_apart(merged, warnings)


def _place_of(machine: Machine) -> _Place:
    try:
        addr = str(ip_address(machine.addr))
    except ValueError:
        addr = machine.addr.lower()
    return _Place(addr, machine.port or _SSH)


def _find_gate(jump: str, gates: Mapping[str, int]) -> str | None:
    """Return the gate of the machine meant; one that names none may mean any."""
    if not jump:
        return next(iter(gates), None)
    return next((gate for gate in (jump, "") if gate in gates), None)


def _fill_gaps(machine: Machine, other: Machine) -> Machine:
    gaps = {name: getattr(other, name) for name in _GAPS if not getattr(machine, name)}
    return msgspec.structs.replace(machine, **gaps)


def _name_apart(machines: Iterable[Machine], warnings: Warnings) -> tuple[Machine, ...]:
    named: dict[str, Machine] = {}
    numbers: defaultdict[str, int] = defaultdict(lambda: 1)
    for machine in machines:
        name = machine.name
        while name in named:
            numbers[machine.name] += 1
            name = f"{machine.name}-{numbers[machine.name]}"
        if name != machine.name:
            warnings.add(f"{machine.name}: there are several; the one at {machine.addr} is {name}")
        named[name] = msgspec.structs.replace(machine, name=name)
    return tuple(named.values())
