"""Say what it means when docker, run over ssh, ends or complains."""

from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.text import plain

_LONGEST = 200
"""Characters of a complaint that are shown."""


def label_of(machine: Machine) -> str:
    """Return what to call a machine in a text: its name, and its address unless that says it."""
    name, addr = plain(machine.name), plain(machine.addr)
    return name if addr in name else f"{name} ({addr})"


def explain(machine: Machine, complaint: str, *, status: int | None) -> SshError:
    """Return the error for a docker command that ended, by what it wrote to stderr.

    `status` is its exit status, `None` when it told none.
    """
    where, said = label_of(machine), " ".join(plain(complaint).split())
    lower = said.lower()
    if "permission denied" in lower and "socket" in lower:
        text = f"{where}: this user may not talk to docker; add the user to the group docker there"
        return SshError(SshFailure.NO_PERMISSION, text)
    if "cannot connect to the docker daemon" in lower or "daemon running" in lower:
        text = f"{where}: docker is installed, but its engine does not run; start it there"
        return SshError(SshFailure.NO_DOCKER, text)
    if status == 127 or "command not found" in lower or "docker: not found" in lower:
        text = f"{where}: no docker command there; is it installed, and in the PATH of ssh logins?"
        return SshError(SshFailure.NO_DOCKER, text)
    if status == 126:
        text = f"{where}: this user may not run docker; give the user the right to"
        return SshError(SshFailure.NO_PERMISSION, text)
    if said:
        return SshError(SshFailure.BROKEN, f"{where}: docker complains: {said[:_LONGEST]}")
    return SshError(SshFailure.BROKEN, f"{where}: docker ended{_how(status)} without a word")


def _how(status: int | None) -> str:
    return f" with exit status {status}" if status else ""
