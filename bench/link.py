"""Measure key-to-paint over a slow link, and whether the picture behind it is the right one.

    python -m bench.link [--rate 100] [--seconds 30] [--paced]

The link takes from the program whatever it writes, as an SSH server does, and hands it on at so
many KB a second; with `--paced` it takes no more than it hands on, as a serial line does. At the
end the simulator is stopped, and drawing the screen anew must change no cell.
"""

import argparse
import os
import select
import signal
import time
from collections.abc import Mapping, Sequence

from bench.keys import CURSOR, Keys, latencies_of, press, print_latencies
from bench.simulated import EVENT, program, simulated
from bench.terminal import FRAME_END, Came, Terminal, command_of, family, memory_mb

PIECE = 512
WINDOW = 2 << 20
"""What an SSH server holds for a client that does not keep up."""
REDRAW = b"\x0c"


class Link(Terminal):
    """A terminal at the other end of a link of so many bytes a second."""

    def __init__(
        self, command: Sequence[str], *, rate: float, window: int = WINDOW, env: Mapping[str, str]
    ) -> None:
        self._rate = rate
        self._window = window
        self._line = b""
        self._arrives_at = 0.0
        super().__init__(command, env=env)

    def read_once(self, most_s: float) -> bool:
        """Take in what has come through the link; tell whether the program is there."""
        is_there = self._fill(min(most_s, 0.001))
        now = time.monotonic()
        if not self._line:
            self._arrives_at = now
        elif now >= self._arrives_at:
            piece, self._line = self._line[:PIECE], self._line[PIECE:]
            self._take(piece)
            self._arrives_at += len(piece) / self._rate
        return is_there

    def _fill(self, most_s: float) -> bool:
        room = self._window - len(self._line)
        if room <= 0 or not select.select([self._fd], [], [], most_s)[0]:
            if room <= 0:
                time.sleep(most_s)
            return True
        try:
            data = os.read(self._fd, room)
        except OSError:  # EIO: nobody has the other side open any more
            return False
        self._line += data
        return bool(data)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100, help="KB/s")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--screen", default="2", choices=["2", "4"])
    parser.add_argument("--paced", action="store_true")
    options = parser.parse_args()
    keys, wrong = press_over_link(
        rate=options.rate, screen=options.screen, seconds=options.seconds, is_paced=options.paced
    )
    print_latencies(keys.latencies, pressed=keys.pressed, came=keys.came, seconds=options.seconds)
    print(f"cells that were wrong at the end {wrong}")


def press_over_link(
    *, rate: float = 100, screen: str = "2", seconds: float, is_paced: bool = False
) -> tuple[Keys, int]:
    """Press keys over a link of so many KB a second; return how many cells were wrong, too."""
    window = PIECE if is_paced else WINDOW
    with (
        simulated(*EVENT, "--at", "launch") as address,
        Link(program("-H", address), rate=rate * 1000, window=window, env={}) as link,
    ):
        link.wait_for(lambda shown: "quit" in shown, within_s=30)
        link.send(screen.encode())
        link.wait_for(lambda shown: CURSOR in shown, within_s=60)
        link.read(2.0)
        began = len(link.came)
        pressed = press(link, seconds)
        came = link.came[began:]
        peak_mb = sum(map(memory_mb, family(link.pid)))
        wrong = _wrong_cells(link)
    return Keys(len(pressed), latencies_of(pressed, link.came), came, peak_mb), wrong


def _wrong_cells(link: Link) -> int:
    """Return how many cells the frame changes that draws the whole screen anew."""
    (simulator,) = [pid for pid in family(os.getpid()) if "simulate" in command_of(pid)]
    os.kill(simulator, signal.SIGSTOP)
    try:
        link.read(2.5)
        link.draw()
        before = len(link.came)
        asked = link.send(REDRAW)
        link.read(0.7)
    finally:
        os.kill(simulator, signal.SIGCONT)
    data = b"".join(came.data for came in link.came[before:])
    frames = [Came(asked, frame + FRAME_END) for frame in data.split(FRAME_END)]
    whole = max(range(len(frames)), key=lambda place: len(frames[place].data))
    link.came[before:] = frames[:whole]
    shown = link.cells()
    link.came.append(frames[whole])
    anew = link.cells()
    lines = zip(shown, anew, strict=True)
    return sum(one != other for pair in lines for one, other in zip(*pair, strict=True))


if __name__ == "__main__":
    main()
