"""The Tasks screen: how many in which state, what goes wrong, and every task."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize

from swarmtui.insight.picture import ErrorGroup, Picture
from swarmtui.insight.query import Query
from swarmtui.insight.query_fields import Kind
from swarmtui.stream.interest import Interest
from swarmtui.swarm.entities import Task
from swarmtui.tui.lines import Spans, dim
from swarmtui.tui.messages import FilterChanged, NodeOpened
from swarmtui.tui.table.column import Sort
from swarmtui.tui.table.gathering import Gathering, Sifting, gather_all
from swarmtui.tui.table.sorting import LARGE
from swarmtui.tui.table.table import RowOpened, Table
from swarmtui.tui.table.table_view import Clock, Scene, TableView
from swarmtui.tui.views.task_columns import ERROR_COLUMNS, TASK_COLUMNS, error_key, query_of
from swarmtui.tui.views.task_states import StateLine

SIFT_AGAIN_EVERY = timedelta(seconds=5)
"""What a filter means can change with nodes and with time, while the tasks stay as they are."""
PAUSE_S = 0.002
"""Between two slices of a sifting: keys come first."""
MOST_ERRORS = 6
FEW_ERRORS = 3
"""Lines of errors where the screen is low."""


class TasksView(TableView[Task]):
    """States and errors of all tasks, and the tasks that the filter means."""

    TITLE = "Tasks"
    KIND = Kind.TASKS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "switch", "Errors", id="tasks.errors"),
    ]

    DEFAULT_CSS = """
    TasksView {
        & > #tasks-errors { height: 4; margin-top: 1; display: none; }
        & > #tasks-errors.-some { display: block; }
        & > #tasks-table { margin-top: 1; }
    }
    """

    def __init__(self, *, clock: Clock) -> None:
        super().__init__(TASK_COLUMNS, sort=Sort("name"), clock=clock, markable=False)
        self._states = StateLine()
        self._errors = Table(
            ERROR_COLUMNS,
            sort=Sort("count", descends=True),
            shows_cursor_always=False,
            id="tasks-errors",
        )
        self._gathering: Gathering[Task] = Gathering()
        self._sifting: Sifting[Task] | None = None
        self._sifted_at: datetime | None = None
        self._scene: Scene | None = None
        self._clause = ""
        self._error_lines = 0

    def compose_between(self) -> ComposeResult:
        """Put the states and the errors above the tasks."""
        yield self._states
        yield self._errors

    @property
    def errors(self) -> Table[ErrorGroup, Scene]:
        """Return the table of grouped errors."""
        return self._errors

    @property
    def is_sifting(self) -> bool:
        """Tell whether the rows of a filter are still being looked for."""
        return self._sifting is not None

    def interest(self) -> Interest:
        """Return the services of the tasks in sight, to be asked for first."""
        rows = self._gathering.rows
        in_sight = (rows.get(task_id) for task_id in self.table.body.ids_in_sight)
        return Interest(frozenset(task.service_id for task in in_sight if task is not None))

    def forget(self) -> None:
        """Take the next picture for the first one."""
        super().forget()
        self._sifted_at = None

    def tick(self, now: datetime) -> None:
        """Let ages grow."""
        super().tick(now)
        if self._scene is not None:
            self._errors.tick(self._scene, now=now)
            self._states.show(self._scene.picture.tasks, now)

    def fill(self, scene: Scene, query: Query, *, anew: bool) -> None:
        """Show states and errors, and give the table the tasks that the query means."""
        self._scene = scene
        self._states.show(scene.picture.tasks, scene.now)
        self._fill_errors(scene.picture.errors, scene)
        if anew or self._must_sift_again(query, scene.now):
            self._sift(scene, query, anew=anew)
        elif self._sifting is None:
            changed = self._gathering.follow(scene.picture.snapshot.tasks, _meant(query, scene))
            self.put(self._gathering.rows, scene, anew=False, changed=changed)

    def count_of_all(self, picture: Picture) -> int:
        """Return how many tasks there are."""
        return sum(len(tasks) for tasks in picture.snapshot.tasks.values())

    def is_seen(self, picture: Picture) -> bool:
        """Tell whether the tasks of any service were seen, or that there is no service."""
        snapshot = picture.snapshot
        return bool(snapshot.tasks) or snapshot.has_all_tasks

    def seen_at(self, picture: Picture) -> datetime | None:
        """Return when the tasks longest not looked at were seen."""
        return picture.snapshot.oldest_tasks_at

    def counts(self, picture: Picture) -> Spans:
        """Return how many tasks are shown, and what is still to come."""
        counts = super().counts(picture)
        if self._sifting is not None:
            return (*counts, dim(" · filtering…"))
        snapshot = picture.snapshot
        if snapshot.has_all_tasks or not snapshot.services:
            return counts
        seen = sum(service in snapshot.tasks_at for service in snapshot.services)
        return (*counts, dim(f" · loading, {seen} of {len(snapshot.services)} services"))

    def on_resize(self, event: Resize) -> None:
        """Give the errors fewer lines on a low screen."""
        del event
        self._fit_errors()

    @on(RowOpened, "#tasks-table")
    def open_node(self, event: RowOpened) -> None:
        """Ask for the node the task is on; a task without one has nowhere to go."""
        event.stop()
        task = self._gathering.rows.get(event.row_id)
        if task is not None and task.node_id:
            self.post_message(NodeOpened(task.node_id))

    @on(RowOpened, "#tasks-errors")
    def filter_error(self, event: RowOpened) -> None:
        """Ask for the tasks of an error within what is filtered; asked once more, take it back."""
        event.stop()
        groups = self._scene.picture.errors if self._scene else ()
        group = next((group for group in groups if error_key(group) == event.row_id), None)
        if group is None:
            return
        text, clause = self._query.text.strip(), query_of(group)
        if self._clause and text.endswith(self._clause):
            text = text.removesuffix(self._clause).rstrip()
            clause = "" if clause == self._clause else clause
        self._clause = clause
        self.post_message(FilterChanged(f"{text} {clause}".strip()))
        self.table.focus()

    def action_switch(self) -> None:
        """Go from the tasks to the errors and back."""
        if self._errors.has_focus_within or not self._errors.has_class("-some"):
            self.table.focus()
        else:
            self._errors.focus()

    def _fill_errors(self, groups: Sequence[ErrorGroup], scene: Scene) -> None:
        self._errors.show({error_key(group): group for group in groups}, scene, now=scene.now)
        if not groups and self._errors.has_focus_within:
            self.table.focus()
        self._errors.set_class(bool(groups), "-some")
        self._fit_errors()

    def _fit_errors(self) -> None:
        """Give the errors their lines; only ever more of them, so that the tasks do not jump."""
        most = 1 + (MOST_ERRORS if self.size.height >= 30 else FEW_ERRORS)
        wanted = min(most, max(1 + self._errors.count, self._error_lines))
        if wanted != self._error_lines:
            self._error_lines = wanted
            self._errors.styles.height = wanted

    def _must_sift_again(self, query: Query, now: datetime) -> bool:
        if query.is_empty or self._sifting is not None:
            return False
        return self._sifted_at is None or now - self._sifted_at >= SIFT_AGAIN_EVERY

    def _sift(self, scene: Scene, query: Query, *, anew: bool) -> None:
        groups = scene.picture.snapshot.tasks
        self._sifted_at = scene.now
        self._sifting = Sifting(groups, _meant(query, scene))
        if query.is_empty and self.count_of_all(scene.picture) <= LARGE:
            self._sifting.rows = gather_all(groups)
            self._finish(self._sifting, anew=anew)
        else:
            self._advance(self._sifting, anew=anew)

    def _advance(self, sifting: Sifting[Task], *, anew: bool) -> None:
        if sifting is not self._sifting:
            return
        if sifting.advance():
            self._finish(sifting, anew=anew)
        else:
            self.set_timer(PAUSE_S, partial(self._advance, sifting, anew=anew))

    def _finish(self, sifting: Sifting[Task], *, anew: bool) -> None:
        self._sifting = None
        before = self._gathering.rows
        self._gathering.start(sifting.rows, sifting.groups)
        if self._scene is None:
            return
        groups = self._scene.picture.snapshot.tasks
        changed = self._gathering.follow(groups, _meant(self._query, self._scene))
        came_or_went = before.keys() ^ self._gathering.rows.keys() if not anew else set()
        everything = None if anew else changed | came_or_went
        self.put(self._gathering.rows, self._scene, anew=anew, changed=everything)
        self._tell(self._scene.now)


def _meant(query: Query, scene: Scene) -> Callable[[Iterable[Task]], Sequence[Task]]:
    if query.is_empty:
        return list
    return partial(query.filter_tasks, picture=scene.picture)
