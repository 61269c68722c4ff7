"""The columns of tasks and of grouped errors, and the filter that means a group."""

from swarmtui.insight.error_words import UNPLACEABLE
from swarmtui.insight.picture import ErrorGroup
from swarmtui.insight.query_syntax import quote
from swarmtui.swarm.entities import Task, task_name
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import TASK_STATES, NodeState, TaskState
from swarmtui.tui import words
from swarmtui.tui.lines import Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.states import node_glyph, task_meaning
from swarmtui.tui.table.column import Align, Column, natural
from swarmtui.tui.table.table_view import Scene
from swarmtui.tui.views.task_states import sign_of

_RANKS = {state: rank for rank, state in enumerate(TASK_STATES)}


def _name_value(task: Task, scene: Scene) -> str:
    service = scene.picture.snapshot.services.get(task.service_id)
    return f"{natural(service.name if service else task.service_id)}\0{task.slot:09}"


def _name(task: Task, scene: Scene) -> Spans:
    service = scene.picture.snapshot.services.get(task.service_id)
    return (Span(plain(task_name(task, service))),)


def _state(task: Task, scene: Scene) -> Spans:
    meaning = Meaning.WARN if _runs_on_lost(task, scene) else task_meaning(task.state)
    return (Span(f"{sign_of(task.state)} {task.state}", meaning),)


def _runs_on_lost(task: Task, scene: Scene) -> bool:
    if task.state is not TaskState.RUNNING:
        return False
    node = scene.picture.snapshot.nodes.get(task.node_id)
    return node is not None and node.state is not NodeState.READY


def _node_value(task: Task, scene: Scene) -> str:
    node = scene.picture.snapshot.nodes.get(task.node_id)
    return natural(node.hostname if node else task.node_id)


def _node(task: Task, scene: Scene) -> Spans:
    node = scene.picture.snapshot.nodes.get(task.node_id)
    if node is None:
        return (dim(plain(task.node_id)),)
    if node.state is NodeState.READY:
        return (Span(plain(node.hostname)),)
    sign = node_glyph(node.state)
    return (Span(f"{sign.text} ", sign.meaning), Span(plain(node.hostname)))


TASK_COLUMNS: tuple[Column[Task, Scene], ...] = (
    Column(
        key="name",
        head="NAME",
        value=_name_value,
        cell=_name,
        width=16,
        grows_to=36,
    ),
    Column(
        key="state",
        head="CURRENT STATE",
        short="STATE",
        value=lambda task, _: _RANKS[task.state],
        cell=_state,
        width=11,
        grows_to=13,
    ),
    Column(
        key="desired",
        head="DESIRED STATE",
        short="DESIRED",
        value=lambda task, _: _RANKS[task.desired],
        cell=lambda task, _: (dim(task.desired),),
        width=8,
        grows_to=13,
        drop=2,
    ),
    Column(
        key="node",
        head="NODE",
        value=_node_value,
        cell=_node,
        width=14,
        grows_to=28,
        drop=1,
    ),
    Column(
        key="since",
        head="SINCE",
        value=lambda task, _: task.since.timestamp(),
        cell=lambda task, scene: (Span(words.standing_since(task.since, scene.now)),),
        width=5,
        align=Align.RIGHT,
        is_age=True,
    ),
    Column(
        key="id",
        head="ID",
        value=lambda task, _: task.id,
        cell=lambda task, _: (dim(plain(task.id)),),
        width=12,
        grows_to=25,
        drop=5,
        ends_open=True,
    ),
    Column(
        key="image",
        head="IMAGE",
        value=lambda task, _: task.image,
        cell=lambda task, _: (dim(plain(task.image)),),
        width=34,
        grows_to=48,
        drop=4,
    ),
    Column(
        key="error",
        head="ERROR",
        value=lambda task, _: task.error,
        cell=lambda task, _: (Span(plain(task.error)),),
        width=18,
        fills=True,
        descends=True,
    ),
)


def _group_state(group: ErrorGroup, _: Scene) -> Spans:
    return (Span(f"{sign_of(group.state)} {group.state}", task_meaning(group.state)),)


ERROR_COLUMNS: tuple[Column[ErrorGroup, Scene], ...] = (
    Column(
        key="count",
        head="TASKS",
        value=lambda group, _: group.count,
        cell=lambda group, _: (Span(words.count(group.count)),),
        width=7,
        align=Align.RIGHT,
        descends=True,
    ),
    Column(
        key="state",
        head="STATE",
        value=lambda group, _: _RANKS[group.state],
        cell=_group_state,
        width=11,
    ),
    Column(
        key="nodes",
        head="NODES",
        value=lambda group, _: group.nodes,
        cell=lambda group, _: (Span(words.count(group.nodes)),),
        width=6,
        align=Align.RIGHT,
        drop=1,
        descends=True,
    ),
    Column(
        key="services",
        head="SERVICES",
        value=lambda group, _: group.services,
        cell=lambda group, _: (Span(words.count(group.services)),),
        width=8,
        align=Align.RIGHT,
        drop=2,
        descends=True,
    ),
    Column(
        key="error",
        head="ERROR",
        value=lambda group, _: group.text,
        cell=lambda group, _: (Span(plain(group.text)),),
        width=20,
        fills=True,
    ),
)


def error_key(group: ErrorGroup) -> str:
    """Return what tells a group from all others."""
    return f"{group.state} {group.text}"


def query_of(group: ErrorGroup) -> str:
    """Return the filter that means the tasks of a group.

    What was taken out of the error is not asked for, so it may mean a few tasks more.
    """
    return " ".join([f"state:{group.state}", *(f"error:{quote(part)}" for part in _parts(group))])


def _parts(group: ErrorGroup) -> list[str]:
    prefix, _, reasons = group.text.partition(": ")
    if prefix == UNPLACEABLE:
        return [UNPLACEABLE, *(reason.strip() for reason in reasons.split(";") if reason.strip())]
    # `·` is what `plain` leaves of characters that the task's own error still has.
    parts = group.text.replace("·", "…").split("…")
    return [part for part in (part.strip() for part in parts) if len(part) > 1]
