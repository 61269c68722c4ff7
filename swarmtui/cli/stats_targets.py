"""Which machines `swarmtui stats` tails: those of the inventory, or nodes of a swarm."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
import msgspec

from swarmtui.cli.ending import USAGE, end
from swarmtui.cli.looking import take_look
from swarmtui.cli.printed.stats_rows import Host
from swarmtui.cli.rollcall import ask_all
from swarmtui.cli.viewing import View, open_view
from swarmtui.insight.machines import Machines, Matches
from swarmtui.insight.picture import Picture
from swarmtui.insight.query import parse_query
from swarmtui.insight.query_fields import Kind
from swarmtui.inventory.node_addresses import machines_of_nodes
from swarmtui.ssh.login import Door
from swarmtui.swarm.entities import Node
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.words import NodeState


class Targets(msgspec.Struct, frozen=True):
    """What is tailed, and what is known beside its numbers."""

    machines: Sequence[Machine]
    hosts: Mapping[str, Host]
    """By the machine's name."""
    services: Mapping[str, str] = {}
    """Names by task id, as far as a manager told."""
    introduces: bool = False
    """Whether the machines themselves have to be asked which node they are."""


def find_targets(options: Mapping[str, Any], *, door: Door) -> Targets:
    """Return what the options mean; end with one line when that is no machine at all.

    The swarm is asked when a manager is named, or when there is no inventory to go by.
    """
    view = open_view(options)
    names_manager = options["hosts"] or options["context"] or view.config.hosts
    if view.inventory.machines and not names_manager:
        return _of_inventory(view, mine=options["mine"])
    return _of_swarm(view, mine=options["mine"], door=door)


def _of_inventory(view: View, *, mine: str) -> Targets:
    if not view.query.is_empty:
        end("--filter is about nodes: name a manager with -H too, or leave it out", status=USAGE)
    machines = [
        machine
        for machine in view.inventory.machines
        if not mine or machine.contributor.casefold() == mine.casefold()
    ]
    if not machines:
        end(f"no machine of the inventory is of the contributor {mine}", status=USAGE)
    hosts = {
        machine.name: Host(hostname=machine.name, node_id=machine.node_id) for machine in machines
    }
    return Targets(machines, hosts, introduces=True)


def _of_swarm(view: View, *, mine: str, door: Door) -> Targets:
    view.warn_of_misfits(Kind.NODES)
    picture = take_look(view.addresses, analyst=view.analyst)
    nodes = _wanted_nodes(view, picture, mine=mine)
    found = _log_in_to(view, nodes, picture, door=door)
    if not nodes:
        end("no node matches; `swarmtui nodes` lists them", status=USAGE)
    if not found:
        end("no way to any of these nodes; name an inventory with --inventory FILE", status=USAGE)
    hosts = {machine.name: Host(hostname=node.hostname, node_id=node.id) for machine, node in found}
    return Targets([machine for machine, _ in found], hosts, _services(picture))


def _wanted_nodes(view: View, picture: Picture, *, mine: str) -> list[Node]:
    query = view.query
    if mine:
        query = parse_query(f"{query.text} mine:yes")
    meant = query.filter_nodes(picture.snapshot.nodes.values(), picture)
    nodes = [node for node in meant if node.state is not NodeState.DOWN]
    if len(nodes) < len(meant):
        down = len(meant) - len(nodes)
        click.echo(f"swarmtui: left out {down:,} of these nodes that are down", err=True)
    return nodes


def _log_in_to(
    view: View, nodes: Sequence[Node], picture: Picture, *, door: Door
) -> list[tuple[Machine, Node]]:
    """Return a machine for each node: of the inventory where there is one, else by its address."""
    everybody = picture.snapshot.nodes.values()
    matches = _match(view.inventory.machines, nodes, everybody, door=door)
    ssh = view.config.ssh
    key = str(ssh.key) if ssh.key else ""
    by_address = {
        machine.node_id: machine
        for machine in machines_of_nodes(everybody, user=ssh.user, port=ssh.port, key=key)
    }
    machines = {node.id: matches.find_machine(node.id) or by_address.get(node.id) for node in nodes}
    return [(machine, node) for node in nodes if (machine := machines[node.id]) is not None]


def _match(
    machines: Sequence[Machine], nodes: Sequence[Node], everybody: Iterable[Node], *, door: Door
) -> Matches:
    """Match machines to nodes; those that only they themselves could tell apart are asked."""
    matches = Matches(Machines(machines), everybody)
    unknown = [machine for machine in machines if matches.find_node(machine.name) is None]
    if not unknown or all(matches.find_machine(node.id) for node in nodes):
        return matches
    answers = ask_all(unknown, door=door)
    return Matches(Machines(machines, seen=answers.values()), everybody)


def _services(picture: Picture) -> Mapping[str, str]:
    services = picture.snapshot.services
    return {
        task.id: services[task.service_id].name
        for task in picture.snapshot.iterate_tasks()
        if task.service_id in services
    }
