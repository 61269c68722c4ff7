"""The glyph and the meaning of every state, so that colour never stands alone."""

from typing import assert_never

from swarmtui.insight.picture import Health, Severity
from swarmtui.swarm.words import FAILURES, NodeState, Reachability, TaskState
from swarmtui.tui.meaning import Meaning, Span

LEADER = Span("★", Meaning.ACCENT)
DRAIN = Span("◐", Meaning.WARN)
PAUSE = Span("‖", Meaning.WARN)
TAILED = "≈"
"""Stands beside what `docker stats` are tailed on."""


def node_glyph(state: NodeState) -> Span:
    """Return the sign of a node's state."""
    match state:
        case NodeState.READY:
            return Span("●", Meaning.OK)
        case NodeState.DOWN:
            return Span("✗", Meaning.BAD)
        case NodeState.UNKNOWN | NodeState.DISCONNECTED:
            return Span("○", Meaning.WARN)
        case _:
            assert_never(state)


def health_glyph(health: Health) -> Span:
    """Return the sign of a group's health."""
    match health:
        case Health.HEALTHY:
            return Span("●", Meaning.OK)
        case Health.DEGRADED:
            return Span("▲", Meaning.WARN)
        case Health.CRITICAL:
            return Span("✗", Meaning.BAD)
        case Health.UNKNOWN:
            return Span("○", Meaning.DIM)
        case _:
            assert_never(health)


def severity_glyph(severity: Severity) -> Span:
    """Return the sign of how loud a problem is."""
    match severity:
        case Severity.CRITICAL:
            return Span("✗", Meaning.BAD)
        case Severity.WARNING:
            return Span("▲", Meaning.WARN)
        case Severity.INFO:
            return Span("·", Meaning.DIM)
        case _:
            assert_never(severity)


def reachability_glyph(reachability: Reachability) -> Span:
    """Return the sign of whether the leader reaches a manager."""
    match reachability:
        case Reachability.REACHABLE:
            return Span("●", Meaning.OK)
        case Reachability.UNREACHABLE:
            return Span("✗", Meaning.BAD)
        case Reachability.UNKNOWN:
            return Span("○", Meaning.WARN)
        case _:
            assert_never(reachability)


def task_meaning(state: TaskState) -> Meaning:
    """Return how a task's state, which is always written out, is coloured."""
    if state is TaskState.RUNNING:
        return Meaning.OK
    if state in FAILURES or state is TaskState.ORPHANED:
        return Meaning.BAD
    if state is TaskState.PENDING:
        return Meaning.WARN
    return Meaning.PLAIN
