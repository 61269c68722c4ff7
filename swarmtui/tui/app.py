"""The dashboard's shell: header, one view, footer; keys and messages that lead between views."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import Screen

from swarmtui.insight.picture import Picture
from swarmtui.insight.query import EVERYTHING, Query, parse_query
from swarmtui.insight.query_syntax import QueryError, quote
from swarmtui.stream.interest import Interest
from swarmtui.tui import themes
from swarmtui.tui.comparing import Comparing
from swarmtui.tui.feed_port import Feed, Recording, Replaying
from swarmtui.tui.footer import Footer
from swarmtui.tui.front import Front
from swarmtui.tui.header import Header
from swarmtui.tui.heartbeat import Heartbeat
from swarmtui.tui.makers import FILTERED, OF_MACHINES, make_front, make_views
from swarmtui.tui.memory import Upkeep, forget_closed, relax, settle
from swarmtui.tui.messages import (
    FilterChanged,
    FilterDismissed,
    GroupOpened,
    MachineOpened,
    NodeOpened,
    PictureArrived,
    ScreenWanted,
    ServiceOpened,
    TailsAsked,
)
from swarmtui.tui.options import ScreenOptions
from swarmtui.tui.owners import Owners
from swarmtui.tui.stage import Clock, Stage
from swarmtui.tui.too_small import TooSmall
from swarmtui.tui.trail import Trail
from swarmtui.tui.trusts import KeyAccepted, tell_dialogs
from swarmtui.tui.turns import take_short_turns
from swarmtui.tui.verdicts import has_inventory
from swarmtui.tui.view import Spot
from swarmtui.tui.watch import Watch
from swarmtui.tui.wire.thrifty_app import ThriftyApp

if TYPE_CHECKING:
    from swarmtui.tui.filter_bar import FilterBar


class SwarmApp(ThriftyApp):
    """Watches one swarm."""

    TITLE = "swarmtui"
    CSS_PATH = "style.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "visit('overview')", "Overview", id="view.overview"),
        Binding("2", "visit('nodes')", "Nodes", id="view.nodes"),
        Binding("3", "visit('wall')", "Wall", id="view.wall"),
        Binding("4", "visit('services')", "Services", id="view.services"),
        Binding("5", "visit('tasks')", "Tasks", id="view.tasks"),
        Binding("6", "visit('contributors')", "Contributors", id="view.contributors"),
        Binding("7", "visit('stats')", "Stats", id="view.stats"),
        Binding("8", "visit('happenings')", "Timeline", id="view.timeline"),
        Binding("9", "visit('rollcall')", "Roll call", id="view.rollcall"),
        Binding("slash", "filter", "Filter", id="app.filter"),
        Binding("equals_sign", "compare", "Compare times", id="app.compare", show=False),
        Binding("escape", "back", "Back", id="app.back"),
        Binding("question_mark", "help", "Help", id="app.help"),
        Binding("ctrl+l", "redraw", "Redraw", id="app.redraw", show=False),
        Binding("q", "quit", "Quit", id="app.quit"),
        Binding("ctrl+c", "quit", "Quit", id="app.interrupt", show=False, priority=True),
    ]

    def __init__(
        self,
        *,
        feed: Feed,
        clock: Clock,
        options: ScreenOptions,
        recording: Recording | None = None,
        replaying: Replaying | None = None,
        settle_memory: Callable[[], None] = settle,
    ) -> None:
        """Take what feeds it, and what records that; or what is replayed, which feeds it as well.

        The clock is that of the wall, or `replaying.now`.
        """
        # Textual decides here between greys and the terminal's own colours.
        is_plain = "NO_COLOR" in os.environ
        super().__init__(ansi_color=True if is_plain else None)
        self._feed = feed
        self._front = make_front(clock, recording=recording, replaying=replaying)
        self._front.set_up(Owners(feed.look_as, mine=options.mine), rings=options.bell)
        self._clock: Clock = self._front.now
        if not self._front.IS_LIVE:
            options = replace(options, asked="")
        self._options = options
        self._upkeep = Upkeep(settle=settle_memory)
        self._heartbeat = Heartbeat(lambda: self.call_later(self.tick))
        self._watch = Watch(started_at=clock(), asked=options.asked, title=options.title)
        self._comparing = Comparing()
        self._query = _query_or_everything(options.filter)
        self._trail = Trail(Spot(options.opens))
        self._interest = Interest()
        self._bar: FilterBar | None = None
        self._has_inventory = False
        self._header = Header(id="header")
        self._stage = Stage(make_views(options), clock=self._clock)
        for theme in themes.OURS:
            self.register_theme(theme)
        self.theme = options.theme or (themes.PLAIN if is_plain else themes.DARK.name)

    def get_default_screen(self) -> Screen[None]:
        """Return the screen of a live swarm, or that of a recording."""
        self._front.suit(self.size)
        return self._front

    def compose(self) -> ComposeResult:
        """Put the header, the stage and the footer one below the other."""
        yield TooSmall(id="too-small")
        yield self._header
        yield self._stage
        yield from self._front.bars
        yield Footer()

    async def on_mount(self) -> None:
        """Show the Overview and begin to listen."""
        self.set_keymap(self._options.keymap)
        await self._enter()
        self.tick()
        self.call_after_refresh(relax)
        take_short_turns()
        # What came in meanwhile would only take turns with the first paint.
        self.call_after_refresh(self._feed.start, self._deliver)

    def on_unmount(self) -> None:
        """Let go of the feed."""
        self._heartbeat.stop()
        self._feed.stop()

    @property
    def spot(self) -> Spot:
        """Return where the user is."""
        return self._trail.here

    @property
    def query_text(self) -> str:
        """Return the filter that stands."""
        return self._query.text

    @property
    def stage(self) -> Stage:
        """Return what holds the views."""
        return self._stage

    def get_css_variables(self) -> dict[str, str]:
        """Return the theme's variables, with plain colours for meanings."""
        return themes.with_meanings(super().get_css_variables())

    def tick(self) -> None:
        """Let every age grow; once a second, unless a picture does."""
        now = self._clock()
        self._front.tick()
        self._show_header(now)
        self._stage.tick(now)
        self._heartbeat.ticked()

    def on_picture_arrived(self, event: PictureArrived) -> None:
        """Show the newest picture."""
        has_leapt = self._front.take(event.picture)
        if said := self._front.ring(event.picture, has_leapt=has_leapt):
            self.alert(said)
        if has_leapt:
            self._watch.forget()
            self._stage.forget()
        now = self._clock()
        self._watch.see(event.picture, now=now, mine=self._front.owners.viewpoint.mine)
        self._stage.tails = self._front.tails(self._stage.tails, event.picture)
        with self.batch_update():
            self._front.tick()
            self._show_header(now)
            self._stage.show(event.picture, self._query)
            if self._is_filtering and self._bar is not None:
                self._bar.show(event.picture)
        tell_dialogs(self.screen_stack, event.picture, self._stage.trusts, now=now)
        self._tell_interest()
        if self._has_inventory is not has_inventory(event.picture):
            self._has_inventory = not self._has_inventory
            self.refresh_bindings()
        is_loaded = event.picture.snapshot.has_all_tasks or not self._has_manager
        self._upkeep.take_turn(is_loaded=is_loaded, later=self.call_after_refresh)
        self._heartbeat.drew_picture(is_waiting=event.picture.snapshot.waiting is not None)

    async def on_node_opened(self, event: NodeOpened) -> None:
        """Drill into a node."""
        if self._stage.has("node"):
            await self._drill(Spot("node", node_id=event.node_id))

    async def on_group_opened(self, event: GroupOpened) -> None:
        """Drill into a region or a contributor."""
        if self._stage.has("group"):
            await self._drill(Spot("group", group=event.which), filter_="")

    def on_machine_opened(self, event: MachineOpened) -> None:
        """Tell all that is known of a machine."""
        from swarmtui.tui.machine_dialog import MachineDialog  # noqa: PLC0415 - first paint first

        picture = self._watch.picture
        machine = picture.machines.get(event.name) if picture else None
        if picture is not None and machine is not None:
            trusts = self._stage.trusts if self._front.IS_LIVE else None
            self.push_screen(MachineDialog(machine, picture, trusts, now=self._clock()))

    def on_key_accepted(self, event: KeyAccepted) -> None:
        """Have a host key written into known_hosts."""
        picture, now = self._watch.picture, self._clock()
        if picture is not None and self._front.IS_LIVE:
            self._stage.trusts = self._stage.trusts.ask(event.machine, event.key, now=now)
            tell_dialogs(self.screen_stack, picture, self._stage.trusts, now=now)
            self._tell_interest()

    def on_tails_asked(self, event: TailsAsked) -> None:
        """Start to tail machines, or stop."""
        picture = self._watch.picture
        if not self._front.IS_LIVE:
            self._front.say("a recording has what was tailed then, and no more")
        if picture is None or not self._front.IS_LIVE:
            return
        self._stage.tails = self._stage.tails.turn(event.names, picture.machine_of)
        self._stage.show(picture, self._query)
        self._show_header(self._clock())
        self._tell_interest()

    async def on_service_opened(self, event: ServiceOpened) -> None:
        """Show the tasks of a service."""
        picture = self._watch.picture
        service = picture.snapshot.services.get(event.service_id) if picture else None
        name = service.name if service else event.service_id
        await self._drill(Spot("tasks"), filter_=f"service:{quote(name)}")

    async def on_screen_wanted(self, event: ScreenWanted) -> None:
        """Show another screen with a filter."""
        if self._stage.has(event.screen):
            await self._drill(Spot(event.screen), filter_=event.query_text)

    def on_filter_changed(self, event: FilterChanged) -> None:
        """Filter by what was typed."""
        self._query = parse_query(event.text)
        if self._watch.picture is not None:
            self._stage.show(self._watch.picture, self._query)

    def on_filter_dismissed(self, event: FilterDismissed) -> None:
        """Give the keys back to the view."""
        del event
        if self._stage.shown is not None:
            self._stage.shown.focus()
        self.refresh_bindings()

    async def action_visit(self, view: str) -> None:
        """Go to a view; where one came from is forgotten."""
        self._trail.visit(Spot(view))
        await self._enter()

    async def action_back(self) -> None:
        """Go back to where one came from, with the filter that stood there."""
        self._query = parse_query(self._trail.go_back().filter)
        await self._enter()

    async def action_filter(self) -> None:
        """Open the filter bar, on the nodes where the view itself has no rows to filter."""
        from swarmtui.tui.filter_bar import FilterBar  # noqa: PLC0415 - first paint comes first

        if self.spot.view not in FILTERED:
            await self._drill(Spot("nodes"))
        if self._bar is None:
            self._bar = FilterBar(id="filter-bar")
            await self.mount(self._bar, before=self._stage)
        kind = FILTERED[self.spot.view]
        self._bar.open(self._query.text, kind=kind, picture=self._watch.picture)
        self.refresh_bindings()

    async def action_compare(self) -> None:
        """Mark the time shown, or tell what differs between it and the one marked."""
        if self._watch.picture is None:
            return
        compared = self._comparing.take(self._watch.picture)
        self._front.mark(self._comparing.marked_at)
        if compared is not None:
            self._stage.compared = compared
            await self._drill(Spot("compare"), filter_="")

    def on_front_turned(self, event: Front.Turned) -> None:
        """Tell at once what a key changed."""
        del event
        self._front.tick()
        self._show_header(self._clock())

    def action_redraw(self) -> None:
        """Draw the whole screen anew, whatever the terminal shows."""
        self.redraw()

    def action_help(self) -> None:
        """Explain the keys of this screen and the filter language."""
        from swarmtui.tui.help import HelpScreen, keys_of  # noqa: PLC0415 - first paint first

        self.push_screen(HelpScreen(keys_of(self.screen), view=self.spot.view))

    def pop_screen(self) -> AwaitComplete:
        """Close the topmost screen, and keep nothing of it."""
        # Not at once: some of it is drawn once more on its way out.
        is_replay = not self._front.IS_LIVE
        self.set_timer(1.0, partial(forget_closed, is_replay=is_replay))
        return super().pop_screen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something now."""
        if action == "back":
            return self._trail.leads_back
        if action == "filter":
            return not self._is_filtering
        if action == "visit" and parameters:
            return self._offers(str(parameters[0]))
        return True

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return the palette's commands: screens, filters with a name, keys, theme, quit."""
        from swarmtui.tui.palette import palette_commands  # noqa: PLC0415 - not before it is opened

        yield from palette_commands(
            screen,
            has_view=self._stage.has,
            post=self.post_message,
            press=self.simulate_key,
        )
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)

    @property
    def _is_filtering(self) -> bool:
        return self._bar is not None and self._bar.is_open

    @property
    def _has_manager(self) -> bool:
        return self._options.opens != "rollcall"

    def _offers(self, view: str) -> bool:
        if view == "rollcall" and self._has_manager and not self._has_inventory:
            return False
        return self._stage.has(view)

    def _show_header(self, now: datetime) -> None:
        """Tell how the watching goes; a screen of machines has ages of its own."""
        facts = self._watch.facts(now)
        tails = len(self._stage.tails.wanted)
        facts = replace(facts, tails=tails, has_manager=self._has_manager)
        self._header.show(self._front.tell(facts))
        is_old = self._watch.is_old(now) and self.spot.view not in OF_MACHINES
        self._stage.set_class(is_old, "-old")

    async def _drill(self, spot: Spot, *, filter_: str | None = None) -> None:
        self._trail.drill(spot, filtered_by=self._query.text)
        if filter_ is not None:
            self._query = parse_query(filter_)
        await self._enter()

    async def _enter(self) -> None:
        await self._stage.enter(self.spot, self._query)
        self._show_header(self._clock())
        self._tell_interest()
        self.refresh_bindings()

    def _deliver(self, picture: Picture) -> None:
        try:
            self.post_message(PictureArrived(picture))
        except RuntimeError:
            # The event loop closed while the feed's thread was on its way here.
            return

    def _tell_interest(self) -> None:
        interest = self._stage.interest()
        if interest != self._interest:
            self._interest = interest
            self._feed.want(interest)


def _query_or_everything(text: str) -> Query:
    """Return the filter given at the start; the command line has refused a wrong one already."""
    try:
        return parse_query(text)
    except QueryError:
        return EVERYTHING
