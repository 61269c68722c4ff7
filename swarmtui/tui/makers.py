"""Which views there are and how each is made; all but the first are imported when wanted."""

from importlib import import_module
from typing import cast

from textual.widget import Widget

from swarmtui.insight.query_fields import Kind
from swarmtui.tui.feed_port import Recording, Replaying
from swarmtui.tui.front import Front
from swarmtui.tui.options import ScreenOptions
from swarmtui.tui.recording import LiveScreen
from swarmtui.tui.stage import Clock, Maker, Makers
from swarmtui.tui.views.overview import Overview

FILTERED = {
    "nodes": Kind.NODES,
    "wall": Kind.NODES,
    "group": Kind.NODES,
    "services": Kind.SERVICES,
    "tasks": Kind.TASKS,
    "contributors": Kind.CONTRIBUTORS,
    "happenings": Kind.HAPPENINGS,
    "stats": Kind.CONTAINERS,
    "rollcall": Kind.MACHINES,
    "compare": Kind.NODES,
}
"""The views a filter means, and what their rows are."""
OF_MACHINES = frozenset({"stats", "rollcall"})
"""The views that need no manager."""


def make_front(clock: Clock, *, recording: Recording | None, replaying: Replaying | None) -> Front:
    """Return the screen of a live swarm, or that of a recording."""
    if replaying is None:
        return LiveScreen(recording, clock=clock)
    from swarmtui.tui.replaying import ReplayScreen  # noqa: PLC0415 - not for a live swarm

    return ReplayScreen(replaying)


def make_views(options: ScreenOptions) -> Makers:
    """Return how each view is made, by its id."""
    has_manager = options.opens != "rollcall"
    of_machines: Makers = {
        "stats": _late("stats.StatsView", marks_on="Nodes" if has_manager else "Roll call"),
        "rollcall": _late("rollcall.RollCallView", tells_sum=has_manager),
    }
    if not has_manager:
        return of_machines
    return {
        "overview": lambda clock: Overview(clock=clock, asked=options.asked),
        "nodes": _late("nodes.NodesView"),
        "wall": _late("wall.WallView"),
        "services": _late("services.ServicesView"),
        "tasks": _late("tasks.TasksView"),
        "contributors": _late("contributors.ContributorsView"),
        "happenings": _late("timeline.TimelineView"),
        "node": _late("node.NodeView"),
        "group": _late("group.GroupView"),
        "compare": _late("comparison.ComparisonView"),
        **of_machines,
    }


def _late(name: str, **options: object) -> Maker:
    """Return how a view is made that is imported when it is wanted: the first paint comes first."""
    module, _, kind = name.partition(".")

    def make(clock: Clock) -> Widget:
        view = getattr(import_module(f"swarmtui.tui.views.{module}"), kind)
        return cast("Widget", view(clock=clock, **options))

    return make
