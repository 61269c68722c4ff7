"""Judge what is said of every script, with all twenty seeds; or of the big event at full size.

Run it as `python -m bench.judging`, with names of scripts for only those. It prints the figures of
each script and of all, everything that was missed, lasted or was false, and what it took. What the
tests do at 80 and 320 nodes is done at 2,384 nodes and 96,287 tasks with `event` for the demo's
event, `hour` for an hour of calm, and `large`, with names or without, for scripts with one seed.
"""

import sys
import time

from swarmtui.simulator.scenarios import SCENARIOS, SWARM2K
from tests.judging.event import ACTS, find_false_alarms, play_event
from tests.judging.playing import Naming, play
from tests.judging.scripts import BY_NAME, SEEDS, describe, judge_script
from tests.judging.verdict import Verdict, add_up, judge

_HOUR_S = 3600.0


def judge_scripts(names: list[str]) -> None:
    """Judge these scripts; all of them, if empty."""
    verdicts: list[Verdict] = []
    for name in names or BY_NAME:
        plays = {seed: judge_script(name, seed) for seed in SEEDS}
        verdicts += plays.values()
        print(f"{name:<22} {describe(add_up(plays.values()), plays)}")
        for seed, verdict in plays.items():
            for fault in verdict.list_faults():
                print(f"    seed {seed:>2}  {fault}")
    print(f"{'all':<22} {describe(add_up(verdicts), verdicts)}")


def judge_large(names: list[str]) -> None:
    """Judge these scripts, or all, in a swarm as large as that of the event; one seed each."""
    for seed, name in enumerate(names or BY_NAME):
        verdict = judge_script(name, seed, nodes=SWARM2K.nodes, tasks=SWARM2K.tasks)
        print(f"{name:<22} {describe(verdict, [name])}", flush=True)
        for fault in verdict.list_faults():
            print(f"    {fault}", flush=True)


def judge_event() -> None:
    """Judge whether each act of the event is named in time, and what is called critical in it."""
    event = play_event(nodes=SWARM2K.nodes, tasks=SWARM2K.tasks)
    verdict = judge(event, ACTS)
    print(
        f"event: recall {verdict.recall:.1%} (of {verdict.expected}), cleared "
        f"{verdict.cleared:.1%} (of {verdict.ended})"
    )
    for miss in (*verdict.missed, *verdict.lasting):
        print(f"    missed or lasting: {miss}")
    tell("false alarms", find_false_alarms(event))
    for deed in event.deeds:
        print(f"    {deed.began:4.0f}-{deed.ended:4.0f} s was {deed.what} [{deed.subject}]")
    tell("warnings and critical problems", [each for each in event.namings if each.is_loud])


def judge_hour() -> None:
    """Judge an hour in which nothing happens."""
    calm = play(SCENARIOS["calm"], seed=11, until=_HOUR_S, nodes=SWARM2K.nodes, tasks=SWARM2K.tasks)
    tell("an hour of calm, all problems", calm.namings)


def tell(what: str, namings: list[Naming]) -> None:
    print(f"{what}: {len(namings)}")
    for naming in namings:
        print(f"    {naming}")


def main(names: list[str]) -> None:
    """Judge what is named on the command line, and tell what it took."""
    began = time.process_time()
    if names == ["event"]:
        judge_event()
    elif names == ["hour"]:
        judge_hour()
    elif names[:1] == ["large"]:
        judge_large(names[1:])
    else:
        judge_scripts(names)
    print(f"{time.process_time() - began:.0f} s of the processor")


if __name__ == "__main__":
    main(sys.argv[1:])
