"""The schedule keeps to the duty, and asks first what is looked at and what moves."""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from swarmtui.collector.schedule import NODES, SERVICES, Endpoint, Job, Schedule


def tasks_of(service_id: str) -> Job:
    return Job(Endpoint.TASKS, service_id)


class Manager:
    """A manager that takes a set time for each list, and the log of what it was asked."""

    def __init__(self, schedule: Schedule, costs: Mapping[Job, float]) -> None:
        self.schedule, self.costs, self.now = schedule, costs, 0.0
        self.log: list[tuple[float, Job]] = []
        self.changing: set[str] = set()
        self.work_s = 0.0
        """What each list costs whoever reads it."""

    def serve(self, until: float) -> None:
        while True:
            job, at = self.schedule.choose(self.now)
            if at >= until:
                self.now = until
                return
            self.now = max(self.now, at)
            self.log.append((self.now, job))
            took_s = self.costs.get(job, 0.01)
            changed = job.service_id in self.changing
            self.schedule.finish(
                job, started=self.now, took_s=took_s, changed=changed, worked_s=self.work_s
            )
            self.now += took_s

    def asked(self, job: Job, *, since: float = 0.0) -> list[float]:
        return [at for at, done in self.log if done == job and at >= since]

    def busy_s(self, since: float) -> float:
        return sum(self.costs.get(job, 0.01) for at, job in self.log if at >= since)


def make_manager(costs: Mapping[Job, float], *, services: int, duty: float = 0.1) -> Manager:
    schedule = Schedule(duty=duty)
    schedule.watch_services(f"s{n}" for n in range(services))
    return Manager(schedule, costs)


def longest_gap(times: list[float]) -> float:
    return max(after - before for before, after in pairwise(times))


def test_the_first_look_asks_everything_once_without_a_pause() -> None:
    manager = make_manager({tasks_of(f"s{n}"): 0.05 for n in range(40)}, services=40)
    assert manager.schedule.is_first_look
    manager.serve(until=2.0)
    asked = [job for _, job in manager.log]
    assert asked[:2] == [NODES, SERVICES]
    assert len(asked) >= 39
    manager.serve(until=2.3)
    assert not manager.schedule.is_first_look


def test_the_first_look_begins_with_what_is_on_screen() -> None:
    manager = make_manager({}, services=9)
    manager.schedule.prefer(["s5"])
    manager.serve(until=0.025)
    assert manager.log[2][1] == tasks_of("s5")


def test_a_small_swarm_is_asked_every_two_seconds_and_no_faster() -> None:
    manager = make_manager({}, services=3)
    manager.serve(until=60)
    for job in (NODES, SERVICES, tasks_of("s0"), tasks_of("s2")):
        gaps = manager.asked(job)
        assert 29 <= len(gaps) <= 31
        assert longest_gap(gaps) < 2.3


def test_a_busy_manager_spends_no_more_than_the_duty() -> None:
    costs = {NODES: 0.06, SERVICES: 0.004} | {tasks_of(f"s{n}"): 0.06 for n in range(40)}
    manager = make_manager(costs, services=40)
    manager.serve(until=20)
    manager.serve(until=320)
    assert 0.06 < manager.busy_s(since=20) / 300 <= 0.102


def test_at_an_event_the_whole_picture_is_renewed_within_a_minute() -> None:
    costs = {NODES: 0.06} | {tasks_of(f"s{n}"): 0.06 for n in range(40)}
    manager = make_manager(costs, services=40)
    manager.serve(until=300)
    for n in range(40):
        assert longest_gap(manager.asked(tasks_of(f"s{n}"))) < 60
    assert longest_gap(manager.asked(NODES)) < 2.5


def test_what_is_on_screen_is_renewed_within_five_seconds() -> None:
    costs = {NODES: 0.06} | {tasks_of(f"s{n}"): 0.06 for n in range(40)}
    manager = make_manager(costs, services=40)
    manager.serve(until=10)
    manager.schedule.prefer(["s7"])
    manager.serve(until=100)
    assert longest_gap(manager.asked(tasks_of("s7"), since=10)) < 5


def test_one_huge_service_does_not_keep_the_nodes_waiting() -> None:
    manager = make_manager({NODES: 0.06, tasks_of("s0"): 3.0}, services=1)
    manager.serve(until=200)
    assert longest_gap(manager.asked(NODES)) < 5.5
    assert manager.busy_s(since=10) / 190 < 0.11


def test_a_service_that_moves_is_asked_more_often_than_the_others() -> None:
    manager = make_manager({tasks_of(f"s{n}"): 0.06 for n in range(40)}, services=40)
    manager.changing = {"s3"}
    manager.serve(until=200)
    counts = Counter(job.service_id for _, job in manager.log)
    assert counts["s3"] > 3 * counts["s4"] > 3


def test_services_that_stand_still_are_renewed_within_a_minute_beside_many_that_move() -> None:
    manager = make_manager({tasks_of(f"s{n}"): 0.08 for n in range(40)}, services=40)
    manager.changing = {f"s{n}" for n in range(30)}
    manager.serve(until=300)
    for n in range(30, 40):
        assert longest_gap(manager.asked(tasks_of(f"s{n}"))) < 60


def test_a_screen_full_of_services_does_not_keep_the_others_waiting() -> None:
    manager = make_manager({tasks_of(f"s{n}"): 0.06 for n in range(40)}, services=40)
    manager.schedule.prefer(f"s{n}" for n in range(30))
    manager.serve(until=300)
    for n in range(40):
        assert longest_gap(manager.asked(tasks_of(f"s{n}"))) < 60


def test_a_hint_brings_a_service_forward() -> None:
    costs = {tasks_of(f"s{n}"): 0.1 for n in range(40)}
    manager = make_manager(costs, services=40)
    manager.serve(until=30)
    manager.schedule.expect_change("s9")
    manager.serve(until=45)
    assert manager.asked(tasks_of("s9"), since=30)


def test_an_election_of_twelve_seconds_is_not_paid_for_afterwards() -> None:
    manager = make_manager({NODES: 12.3}, services=0)
    manager.serve(until=13)
    manager.costs = {}
    manager.serve(until=40)
    times = manager.asked(NODES)
    assert times[1] - 12.3 < 9


def test_services_that_come_are_asked_and_those_that_go_are_forgotten() -> None:
    manager = make_manager({}, services=2)
    manager.serve(until=5)
    manager.schedule.watch_services(["s1", "new"])
    assert manager.schedule.is_first_look
    manager.serve(until=20)
    assert manager.asked(tasks_of("new"))
    assert not manager.asked(tasks_of("s0"), since=5)


def test_without_duty_to_spare_the_pace_falls_but_never_stops() -> None:
    manager = make_manager({NODES: 7.0, SERVICES: 7.0, tasks_of("s0"): 7.0}, services=1)
    manager.serve(until=1_000)
    for job in (NODES, SERVICES, tasks_of("s0")):
        assert len(manager.asked(job)) >= 2


def test_lists_in_which_nothing_moves_are_read_no_oftener_than_is_cheap_here() -> None:
    manager = make_manager({}, services=40)
    manager.work_s = 0.002
    manager.serve(until=120.0)
    lists = [at for at, job in manager.log if job.endpoint is Endpoint.TASKS and at >= 60.0]
    assert len(lists) * manager.work_s <= 60 * 0.0032
    for n in range(40):
        assert longest_gap(manager.asked(tasks_of(f"s{n}"), since=20.0)) < 45.0


def test_what_moves_and_what_is_looked_at_is_read_as_often_as_ever() -> None:
    manager = make_manager({}, services=40)
    manager.work_s = 0.005
    manager.changing = {"s1"}
    manager.schedule.prefer({"s2"})
    manager.serve(until=120.0)
    for service_id in ("s1", "s2"):
        assert longest_gap(manager.asked(tasks_of(service_id), since=60.0)) < 6.0


def test_a_list_that_costs_much_to_read_is_still_renewed_within_a_minute() -> None:
    manager = make_manager({}, services=40)
    manager.work_s = 0.05
    manager.serve(until=240.0)
    for n in range(40):
        assert longest_gap(manager.asked(tasks_of(f"s{n}"), since=60.0)) < 60.0


def test_a_small_swarm_is_read_all_the_time() -> None:
    manager = make_manager({}, services=4)
    manager.work_s = 0.002
    manager.serve(until=60.0)
    for n in range(4):
        assert longest_gap(manager.asked(tasks_of(f"s{n}"), since=20.0)) < 3.0


def test_a_manager_that_stood_still_for_a_moment_is_not_left_alone_for_minutes() -> None:
    jobs = [NODES, SERVICES, *(tasks_of(f"s{n}") for n in range(10))]
    manager = make_manager(dict.fromkeys(jobs, 0.05), services=10)
    manager.serve(until=60.0)
    manager.costs = dict.fromkeys(jobs, 7.0)
    manager.serve(until=80.0)
    manager.costs = dict.fromkeys(jobs, 0.05)
    manager.serve(until=200.0)
    assert longest_gap(manager.asked(NODES, since=80.0)) < 20.0
    for n in range(10):
        assert manager.asked(tasks_of(f"s{n}"), since=80.0)[0] < 140.0


def test_a_manager_that_has_become_slow_is_asked_as_seldom_as_one_that_always_was() -> None:
    manager = make_manager({NODES: 0.05, SERVICES: 0.05, tasks_of("s0"): 0.05}, services=1)
    manager.serve(until=60.0)
    manager.costs = {NODES: 2.0, SERVICES: 1.0, tasks_of("s0"): 4.0}
    manager.serve(until=400.0)
    manager.log.clear()
    manager.serve(until=1_400.0)
    assert manager.busy_s(since=0) <= 0.105 * 1_000
