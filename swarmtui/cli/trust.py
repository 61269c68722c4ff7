"""`swarmtui trust`: show the host keys of machines, and write those accepted to known_hosts."""

from collections.abc import Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from swarmtui.cli.ending import USAGE, end, interruptible
from swarmtui.cli.key_questions import (
    Accept,
    ask_at_terminal,
    complain,
    describe,
    expect,
    gather,
)
from swarmtui.cli.options import inventory_options
from swarmtui.cli.rollcall import in_progress, read_machines
from swarmtui.ssh.config import parse_hop
from swarmtui.ssh.errors import SshError
from swarmtui.ssh.in_turn import do_in_turn
from swarmtui.ssh.known_hosts import Verdict, add_known_host, explain_verdict
from swarmtui.ssh.login import Door, Shown
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.text import plain

NOT_ALL = 1
"""Exit status when a machine is not trusted, whatever the reason."""


@click.command(
    "trust",
    epilog="""\
\b
Examples:
  swarmtui trust machine-1 root@10.0.0.7:2222
  swarmtui trust --inventory machines.toml
  swarmtui trust --inventory machines.toml web-1 web-2
  swarmtui trust machine-1 --fingerprint SHA256:dgXuL3…
""",
)
@click.argument("hosts", nargs=-1, metavar="[HOST]...")
@inventory_options
@click.option(
    "-J", "jump", default="", metavar="HOST[,HOST]", help="Go through these hosts, as ssh -J does."
)
@click.option(
    "--fingerprint",
    "fingerprints",
    multiple=True,
    metavar="SHA256:...",
    help="Accept the key that has this fingerprint, and no other, without asking. Repeatable.",
)
def trust(
    hosts: tuple[str, ...],
    inventory: tuple[str, ...],
    config: Path | None,
    jump: str,
    fingerprints: tuple[str, ...],
) -> None:
    """Show the ssh host keys of machines, and add them to known_hosts once you typed yes.

    HOST is the name of a machine of the --inventory, or what ssh takes: a name of ~/.ssh/config or
    [USER@]HOST[:PORT]. Without any, all machines of the inventory are asked. Nobody is logged in to
    but hosts on the way, and a key that has changed is never replaced. Exit status 1 when a machine
    is not trusted.
    """
    if hosts:
        machines = _find_machines(hosts, inventory, config)
    else:
        machines = read_machines(inventory, config)
    machines = [replace(machine, jump=jump) for machine in machines] if jump else machines
    accept = expect(fingerprints) if fingerprints else ask_at_terminal
    with interruptible():
        trusted = _trust(machines, accept, tells_known=bool(hosts))
    raise SystemExit(0 if trusted == len(machines) else NOT_ALL)


def _find_machines(
    hosts: Sequence[str], inventory: Sequence[str], config: Path | None
) -> Sequence[Machine]:
    """Return the machines that were named, each once."""
    known = read_machines(inventory, config) if inventory else ()
    by_name = {machine.name: machine for machine in known}
    try:
        return [by_name.get(host) or parse_hop(host) for host in dict.fromkeys(hosts)]
    except SshError as error:
        end(error.text, status=USAGE)


def _trust(machines: Sequence[Machine], accept: Accept, *, tells_known: bool) -> int:
    """Ask for keys until no more are accepted; return how many machines are trusted then.

    Machines behind others are asked again once those are trusted.
    """
    door = Door(home=Path.home())
    trusted = 0
    while machines:
        shown = _ask_keys(machines, door)
        known = [found for found in shown.values() if found.verdict is Verdict.KNOWN]
        new = {name: found for name, found in shown.items() if found.verdict is Verdict.UNKNOWN}
        _tell(known, by_name=tells_known)
        questions = gather(new)
        for question in questions:
            click.echo(question.text)
        written = {q.shown for q in accept(questions) if _is_written(q.shown)}
        trusted += len(known)
        trusted += sum(found in written and not found.is_on_the_way for found in new.values())
        behind = {n for n, found in new.items() if found in written and found.is_on_the_way}
        machines = [machine for machine in machines if machine.name in behind]
    door.close()
    return trusted


def _ask_keys(machines: Sequence[Machine], door: Door) -> dict[str, Shown]:
    """Return what the machines showed, by their names; say which showed nothing that will do."""

    def ask(machine: Machine) -> tuple[str, Shown | SshError]:
        try:
            return machine.name, door.ask_key(machine)
        except SshError as error:
            return machine.name, error

    asked = do_in_turn(machines, ask, name="ask for keys")
    answers = dict(in_progress(asked, total=len(machines)))
    shown = {}
    for machine in machines:
        match answers[machine.name]:
            case SshError() as error:
                complain(error.text)
            case found if found.verdict in {Verdict.CHANGED, Verdict.REVOKED}:
                complain(explain_verdict(found.verdict, found.key, found.target).text)
            case found:
                shown[machine.name] = found
    return shown


def _tell(known: Sequence[Shown], *, by_name: bool) -> None:
    """Say which machines are trusted already; of a whole inventory, how many."""
    if by_name:
        for found in known:
            click.echo(f"{describe(found)}  known")
    elif known:
        click.echo(f"{len(known):,} known already")


def _is_written(found: Shown) -> bool:
    try:
        path = add_known_host(found.target, found.key)
    except SshError as error:
        complain(error.text)
        return False
    click.echo(plain(f"{found.target.label}: trusted, in {path}"))
    return True
