"""From when on something is a problem: each number with its reason, and all of them to be set."""

from datetime import timedelta

import msgspec


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """Where the line is drawn, as the config's table `problems` may move it.

    The defaults are those of the scheduler where it has the same question, else measured.
    """

    no_progress: timedelta = timedelta(seconds=60)
    """A service short of tasks that came no further for so long is stuck; a rollout's slowest step,
    an image pull, shows as tasks that move on from state to state."""

    # Leadership, tasks and services.

    data_old: timedelta = timedelta(seconds=60)
    """Nodes are asked for every 2 s, on a slow manager every 30 s; a minute is a gap."""
    leader_changed: timedelta = timedelta(minutes=5)
    """A change of leader is worth knowing while its effects may still be seen: nodes settle within
    40 s, and the scheduler begins its counts of failures, which go back five minutes, anew."""
    elections_often: int = 3
    """So many changes of leader within `elections_within` are no chance any more: a manager that is
    short of processor or disk, or a network between them that loses packets."""
    elections_within: timedelta = timedelta(minutes=10)
    """Managers that are just upgraded one after the other take longer than this for three."""
    single_manager_from: int = 3
    """Nodes from which on one manager alone is told: in a swarm of two a second would not help."""
    failures: int = 5
    """Failures in five minutes after which the scheduler itself puts a node last for a service
    (manager/scheduler/nodeinfo.go)."""
    failing_share: float = 0.01
    """Failures in five minutes, as a share of a service's tasks, that any large service has."""
    hole_factor: int = 4
    """A black hole fails so many times as often as usual: the nodes beside it run the same service
    and hardly fail."""
    runs_well: timedelta = timedelta(seconds=60)
    """A task that ran for so long was not swallowed by its node when it fails at last: an engine
    that restarts ends all its tasks, and a black hole ends them within seconds."""
    node_failures: int = 10
    """Failures in five minutes on one node, of several services, that make a black hole of it
    though no service failed there often: twice what the scheduler allows for one. A node may fail
    as many by chance only where a twentieth of all tasks fails."""
    node_services: int = 3
    """Services that must have failed on such a node, and run elsewhere: two may be wrong alike."""
    crash_loop: int = 3
    """Failures of one and the same replica in five minutes that are a crash loop: the second may
    have met what killed the first. It must have started: what is rejected never ran."""
    crash_loop_share: float = 0.1
    """Share of a service's replicas that must fail so for the service to crash in a loop. Where
    nine in ten run, image and configuration are right, and it is the one that is unlucky; up to ten
    replicas one is enough."""
    alike: int = 20
    """Failures in five minutes with the same error that are worth a line of their own."""
    alike_share: float = 0.05
    """Failures with the same error, as a share of the running tasks, that are a warning."""
    held_queued: timedelta = timedelta(minutes=5)
    """A task that is new, allocated or pending waits for managers alone, which place some fifty a
    second; longer than this only in the greatest launches, and then it should be known."""
    held_assigned: timedelta = timedelta(minutes=2)
    """A task that is assigned, accepted or ready waits for its node's next heartbeat, 5 s."""
    held_preparing: timedelta = timedelta(minutes=10)
    """A task prepares while its image is pulled: a gigabyte over a slow line."""
    held_starting: timedelta = timedelta(minutes=5)
    """A task starts until its health check passes; those have half a minute by default."""
    stalled_share: float = 0.1
    """Share of the wanted tasks that must be missing for a standstill to be critical."""
    rolled_back: timedelta = timedelta(hours=1)
    """A rollback that is complete is known and accepted after this."""

    # Nodes, and what they have in common.

    wave_window: timedelta = timedelta(seconds=30)
    """Nodes lost within this are lost together: a region goes within one detection time of the
    leader, some 13 s, and a poll."""
    wave_fewest: int = 3
    """Two nodes that go together may be chance, and are sooner read by their names."""
    wave_share: float = 0.1
    """Share of a region, or of what else nodes have in common, that must go: of a large one some
    node is always going. The group is itself again when half of this is left."""
    wave_critical: float = 0.5
    """Share of a group whose loss is critical, as it is for its health."""
    wave_critical_of_all: float = 0.02
    """Share of the whole swarm that must go for it to be critical: a small group is none."""
    nodes_old: timedelta = timedelta(hours=1)
    """A node down for longer is known and accepted, or forgotten: no alarm any more."""
    flaps: int = 3
    """A node that was lost and came back so often is not going to stay; once is a reboot, twice a
    reboot that did not help."""
    flaps_within: timedelta = timedelta(minutes=10)
    """Losing a node and having it back takes half a minute at least: three in ten minutes are far
    from the fastest there is, and closer than any maintenance."""
    drain_stuck: timedelta = timedelta(minutes=3)
    """A drain from which no task went for so long is held up: engines kill a task that does not
    stop within 10 s, and lists of tasks are renewed within a minute."""
    clock_off_s: float = 5.0
    """A clock may be wrong by so many seconds before it is told: what is read over ssh or from
    lists is good to a second or two, and logs can still be put in order."""
    clock_far_off_s: float = 60.0
    """A clock as wrong as this is a warning: logins with time in them begin to fail at it."""
    twice_after: timedelta = timedelta(seconds=60)
    """A machine that joined again is there twice until the leader misses the old one, 13 s."""
    large_swarm: int = 100
    """Nodes from which on managers should run no tasks: elections come from managers that are
    short of processor or memory. In a swarm ten times as large it is a warning."""


USUAL = Thresholds()
"""Where nobody moved a line."""
