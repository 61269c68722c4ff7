"""Write commands about nodes that help, to be copied: a handful of nodes, as it is to be read."""

from collections.abc import Sequence

from swarmtui.insight.shell import drain, is_id

MOST = 5
"""Ids in a command: what is pasted should be read first."""


def remove_nodes(ids: Sequence[str]) -> str:
    """Return a command that removes the first few of these nodes; empty for none."""
    listed = _list(ids)
    return f"docker node rm {' '.join(listed)}" if listed else ""


def drain_nodes(ids: Sequence[str]) -> str:
    """Return a command that takes the first few of these nodes out of use; empty for none."""
    return drain(ids[:MOST])


def use_again(node_id: str) -> str:
    """Return a command that takes a node into use again."""
    return f"docker node update --availability active {node_id}" if is_id(node_id) else ""


def list_tasks_on(node_id: str) -> str:
    """Return a command that lists what runs on a node."""
    return f"docker node ps {node_id}" if is_id(node_id) else ""


def tell_left(ids: Sequence[str]) -> Sequence[str]:
    """Return a line that says how many nodes a command leaves out; none when it has them all."""
    left = len(ids) - len(_list(ids))
    return [f"the command has {len(ids) - left:,} of them, {left:,} more are left"] if left else []


def _list(ids: Sequence[str]) -> Sequence[str]:
    return [id_ for id_ in ids[:MOST] if is_id(id_)]
