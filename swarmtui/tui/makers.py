"""How each view is made; all but the first are imported when they are wanted."""

from importlib import import_module
from typing import cast

from textual.widget import Widget

from swarmtui.tui.options import ScreenOptions
from swarmtui.tui.stage import Clock, Maker, Makers
from swarmtui.tui.views.overview import Overview


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
        **of_machines,
    }


def _late(name: str, **options: object) -> Maker:
    """Return how a view is made that is imported when it is wanted: the first paint comes first."""
    module, _, kind = name.partition(".")

    def make(clock: Clock) -> Widget:
        view = getattr(import_module(f"swarmtui.tui.views.{module}"), kind)
        return cast("Widget", view(clock=clock, **options))

    return make
