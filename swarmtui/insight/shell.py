"""Write commands for a shell that help, to be copied: this program itself only watches."""

import re
import shlex
from collections.abc import Sequence

from swarmtui.swarm.text import plain

_ID = re.compile(r"[a-z0-9]+")
_MOST = 20
"""Nodes in one command: who drains more than that should think first."""


def drain(node_ids: Sequence[str]) -> str:
    """Return the command that takes the first of these nodes out of use; empty for none."""
    ids = [id_ for id_ in node_ids if is_id(id_)][:_MOST]
    command = "docker node update --availability drain"
    if len(ids) < 2:
        return "".join(f"{command} {id_}" for id_ in ids)
    return f"printf '%s\\n' {' '.join(ids)} | xargs -n 1 {command}"


def list_tasks(service: str) -> str:
    """Return the command that shows a service's tasks with their whole errors."""
    return _about_service("docker service ps --no-trunc", service)


def roll_back(service: str) -> str:
    """Return the command that takes a service back to what it was before its update."""
    return _about_service("docker service update --rollback", service)


def is_id(text: str) -> bool:
    """Tell whether a text is what ids are made of, and means nothing else to a shell."""
    return _ID.fullmatch(text) is not None


def _about_service(command: str, name: str) -> str:
    # A name that is not as it reads would be another command than what is seen and copied.
    if not name or not name.isprintable() or name.startswith("-") or plain(name) != name:
        return ""
    return f"{command} {shlex.quote(name)}"
