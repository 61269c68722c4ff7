"""Say which nodes went at once, by what they have in common."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from typing import assert_never

from swarmtui.insight.outages import Outage
from swarmtui.insight.picture import Place, Problem, Severity
from swarmtui.insight.queries import query_field, query_nodes
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.traits import Trait, Traits
from swarmtui.insight.wording import clock_of, count_of, names_of, seconds_of, shorten
from swarmtui.swarm.entities import Node
from swarmtui.swarm.text import plain

_UNPLACED = Place().region
_FIELDS: Mapping[Trait, str] = {
    Trait.REGION: "region",
    Trait.CONTRIBUTOR: "contributor",
    Trait.SUBNET: "addr",
    Trait.ENGINE: "engine",
}
"""What the language of filters calls a trait."""


def tell_outage(
    outage: Outage,
    *,
    size: int,
    ghosts: AbstractSet[str],
    nodes: Mapping[str, Node],
    traits: Traits,
    thresholds: Thresholds,
) -> Problem:
    """Return the problem of an outage; `size` are the nodes of its kin, with those lost."""
    trait, value = outage.kin
    lost = sorted(outage.nodes - ghosts)
    within = max(thresholds.wave_window, outage.last_at - outage.began_at).total_seconds()
    share = f"{len(lost):,} of {count_of(size, 'node')}"
    text = f"{_tell_share(outage, share)} down within {seconds_of(within)}"
    back = len(outage.back) + len(outage.nodes) - len(lost)
    return Problem(
        severity=Severity.CRITICAL if outage.is_critical else Severity.WARNING,
        kind=f"{trait}_down",
        subject=plain(value),
        text=f"{text}, {back:,} are back" if back else text,
        since=outage.began_at,
        nodes=lost,
        query=query_nodes(lost, otherwise=f"{query_field(_FIELDS[trait], value)} -state:ready"),
        size=len(lost),
        evidence=[
            f"first lost at {clock_of(outage.began_at)}, last at {clock_of(outage.last_at)}",
            *_list_reasons(lost, nodes),
            *_list_others(outage, lost, traits),
        ],
    )


def _tell_share(outage: Outage, share: str) -> str:
    trait, value = outage.kin
    name = shorten(plain(value))
    match trait:
        case Trait.REGION:
            return f"{share} in no known region" if value == _UNPLACED else f"{name}: {share}"
        case Trait.CONTRIBUTOR | Trait.SUBNET:
            return f"{name}: {share}"
        case Trait.ENGINE:
            return f"engine {name}: {share}"
        case _:
            assert_never(trait)


def _list_reasons(lost: Sequence[str], nodes: Mapping[str, Node]) -> Sequence[str]:
    messages = Counter(node.message for id_ in lost if (node := nodes.get(id_)) and node.message)
    return [f"{shorten(plain(why))}: {count_of(n, 'node')}" for why, n in _rank(messages)[:2]]


def _list_others(outage: Outage, lost: Sequence[str], traits: Traits) -> Sequence[str]:
    """Say what else the nodes have in common, or that they have not."""
    kins = Counter(chain.from_iterable(map(traits.of, lost)))
    lines = []
    for trait in Trait:
        values = {value: n for (each, value), n in kins.items() if each is trait}
        if trait is not outage.kin[0] and values:
            said = [f"{shorten(plain(value))} {n:,}" for value, n in _rank(values)]
            lines.append(f"by {trait}: {names_of(said)}")
    return lines


def _rank(counts: Mapping[str, int]) -> Sequence[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))
