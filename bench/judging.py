"""Judge what is said of every script, with all twenty seeds.

Run it as `python -m bench.judging`, with names of scripts for only those. It prints the figures of
each script and of all, everything that was missed, lasted or was false, and what it took.
"""

import sys
import time

from tests.judging.scripts import BY_NAME, SEEDS, describe, judge_script
from tests.judging.verdict import Verdict, add_up


def main(names: list[str]) -> None:
    """Judge these scripts; all of them, if empty."""
    began = time.process_time()
    verdicts: list[Verdict] = []
    for name in names or BY_NAME:
        plays = {seed: judge_script(name, seed) for seed in SEEDS}
        verdicts += plays.values()
        print(f"{name:<22} {describe(add_up(plays.values()), plays)}")
        for seed, verdict in plays.items():
            for fault in verdict.list_faults():
                print(f"    seed {seed:>2}  {fault}")
    print(f"{'all':<22} {describe(add_up(verdicts), verdicts)}")
    print(f"{time.process_time() - began:.0f} s of the processor")


if __name__ == "__main__":
    main(sys.argv[1:])
