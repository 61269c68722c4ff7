"""Write a host key that the user said yes to into known_hosts, if it is still the one shown."""

from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.known_hosts import Verdict, add_known_host, describe_key, explain_verdict
from swarmtui.ssh.login import Door, Shown
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import UnknownKey


def trust_key(machine: Machine, key: UnknownKey, *, door: Door) -> str:
    """Ask a machine for its host key again, and return the known_hosts that has it from now on.

    Of a machine behind others it is the first key on the way that is not known. Raise `SshError`
    when anything but `key` would be written now, or it cannot be: then nothing was.
    """
    shown = door.ask_key(machine)
    if shown.verdict in {Verdict.CHANGED, Verdict.REVOKED}:
        raise explain_verdict(shown.verdict, shown.key, shown.target)
    if describe_key(shown.key, shown.target) != key:
        raise _other(shown, key)
    return add_known_host(shown.target, shown.key)


def _other(shown: Shown, key: UnknownKey) -> SshError:
    now = describe_key(shown.key, shown.target)
    if shown.verdict is Verdict.KNOWN:
        text = f"shows {now.type} {now.fingerprint} now, which is known: nothing was written"
    elif now.fingerprint != key.fingerprint:
        text = f"shows {now.type} {now.fingerprint} now, not the key you saw: nothing was written"
    else:
        text = f"its key would be {now.name} in {now.file} now: nothing was written"
    return SshError(
        SshFailure.UNKNOWN_KEY,
        f"{shown.target.label}: {text}; look again",
        unknown_key=now if shown.verdict is Verdict.UNKNOWN else None,
    )
