"""`swarmtui trust`: show the host keys of machines, and write those accepted to known_hosts."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from swarmtui.cli.ending import USAGE, end
from swarmtui.ssh.config import parse_hop
from swarmtui.ssh.errors import SshError
from swarmtui.ssh.known_hosts import Verdict, add_known_host, explain_verdict
from swarmtui.ssh.login import Door, Shown
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.text import plain

NOT_ALL = 1
"""Exit status when a machine is not trusted, whatever the reason."""

_AT_ONCE = 8


@click.command(
    "trust",
    epilog="""\
\b
Examples:
  swarmtui trust machine-1 root@10.0.0.7:2222
  swarmtui trust machine-1 --fingerprint SHA256:dgXuL3…
""",
)
@click.argument("hosts", nargs=-1, required=True, metavar="HOST...")
@click.option(
    "--fingerprint",
    "fingerprints",
    multiple=True,
    metavar="SHA256:...",
    help="Accept the key that has this fingerprint, and no other, without asking. Repeatable.",
)
def trust(hosts: tuple[str, ...], fingerprints: tuple[str, ...]) -> None:
    """Show the ssh host keys of machines, and add them to known_hosts once you typed yes.

    HOST is what ssh takes: a name of ~/.ssh/config or [USER@]HOST[:PORT]. Nobody is logged in to,
    and a key that has changed is never replaced. Exit status 1 when a machine is not trusted.
    """
    machines = _machines(hosts)
    shown = _ask_keys(machines)
    new = [found for found in shown if found.verdict is Verdict.UNKNOWN]
    accepted = _matching(new, fingerprints) if fingerprints else _confirmed(new)
    written = [found for found in accepted if _is_written(found)]
    known = [found for found in shown if found.verdict is Verdict.KNOWN]
    raise SystemExit(0 if len(written) + len(known) == len(machines) else NOT_ALL)


def _machines(hosts: tuple[str, ...]) -> list[Machine]:
    try:
        return [parse_hop(host) for host in dict.fromkeys(hosts)]
    except SshError as error:
        end(error.text, status=USAGE)


def _ask_keys(machines: list[Machine]) -> list[Shown]:
    """Return what the machines showed, printed as it comes; say which gave no answer."""
    door = Door(home=Path.home())
    shown = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for asked in [pool.submit(door.ask_key, machine) for machine in machines]:
            try:
                found = asked.result()
            except SshError as error:
                _complain(error.text)
            else:
                _print(found)
                shown.append(found)
    return shown


def _print(found: Shown) -> None:
    """Print a key, or complain of it."""
    match found.verdict:
        case Verdict.KNOWN | Verdict.UNKNOWN:
            state = "known" if found.verdict is Verdict.KNOWN else "new"
            target, key = found.target, found.key
            where = plain(f"{target.label}  {target.place}")
            click.echo(f"{where}  {key.type}  {key.fingerprint}  {state}")
        case Verdict.CHANGED | Verdict.REVOKED:
            _complain(explain_verdict(found.verdict, found.key, found.target).text)


def _matching(new: list[Shown], fingerprints: tuple[str, ...]) -> list[Shown]:
    """Return those with one of the fingerprints, and say which have none of them."""
    matching = [found for found in new if found.key.fingerprint in fingerprints]
    for found in new:
        if found not in matching:
            _complain(f"{found.target.label}: its key is not the one given: left alone")
    return matching


def _confirmed(new: list[Shown]) -> list[Shown]:
    """Return all of them if the user types yes, else none."""
    if not new:
        return []
    # A pipe that says yes to everything has compared nothing.
    if not sys.stdin.isatty():
        _complain("no terminal to ask at: name the key you expect with --fingerprint SHA256:...")
        return []
    click.echo("Compare each fingerprint with what the machine itself, or its owner, says.")
    answer = click.prompt(f"Trust {_count(new)} from now on? Type yes", default="no")
    return new if answer.strip().lower() == "yes" else []


def _count(new: list[Shown]) -> str:
    return "this new key" if len(new) == 1 else f"these {len(new)} new keys"


def _is_written(found: Shown) -> bool:
    try:
        path = add_known_host(found.target, found.key)
    except SshError as error:
        _complain(error.text)
        return False
    click.echo(plain(f"{found.target.label}: trusted, in {path}"))
    return True


def _complain(text: str) -> None:
    click.echo(f"swarmtui: {plain(text)}", err=True)
