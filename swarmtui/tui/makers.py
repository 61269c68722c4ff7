"""How each view is made; all but the first are imported when they are wanted."""

from textual.widget import Widget

from swarmtui.tui.options import ScreenOptions
from swarmtui.tui.stage import Clock, Makers
from swarmtui.tui.views.overview import Overview


def make_views(options: ScreenOptions) -> Makers:
    """Return how each view is made; only the first screen is imported before it is wanted."""
    has_manager = options.opens != "rollcall"

    def nodes(clock: Clock) -> Widget:
        from swarmtui.tui.views.nodes import NodesView  # noqa: PLC0415

        return NodesView(clock=clock)

    def services(clock: Clock) -> Widget:
        from swarmtui.tui.views.services import ServicesView  # noqa: PLC0415

        return ServicesView(clock=clock)

    def tasks(clock: Clock) -> Widget:
        from swarmtui.tui.views.tasks import TasksView  # noqa: PLC0415

        return TasksView(clock=clock)

    def node(clock: Clock) -> Widget:
        from swarmtui.tui.views.node import NodeView  # noqa: PLC0415

        return NodeView(clock=clock)

    def stats(clock: Clock) -> Widget:
        from swarmtui.tui.views.stats import StatsView  # noqa: PLC0415

        return StatsView(clock=clock, marks_on="Nodes" if has_manager else "Roll call")

    def rollcall(clock: Clock) -> Widget:
        from swarmtui.tui.views.rollcall import RollCallView  # noqa: PLC0415

        return RollCallView(clock=clock, tells_sum=has_manager)

    of_machines: Makers = {"stats": stats, "rollcall": rollcall}
    if not has_manager:
        return of_machines
    return {
        "overview": lambda clock: Overview(clock=clock, asked=options.asked),
        "nodes": nodes,
        "services": services,
        "tasks": tasks,
        "node": node,
        **of_machines,
    }
