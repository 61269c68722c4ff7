"""A notice reaches the terminal, through whatever stands between, and carries nothing else."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from swarmtui.tui.wire.notice import notification

ENVIRONS: tuple[dict[str, str], ...] = (
    {},
    {"TMUX": "/tmp/tmux-0/default,1,0"},
    {"TERM": "tmux-256color"},
    {"STY": "1.pts-0"},
)
HOSTILE = "a\x1b\\\a\x9cb\x1bPtmux;\x1b[2Jc"


def test_a_terminal_is_sent_a_bell_and_the_notice() -> None:
    assert notification("down", environ={}) == "\a\x1b]9;down\x1b\\"


@pytest.mark.parametrize("environ", ENVIRONS[1:3])
def test_tmux_is_sent_the_notice_in_its_wrapping(environ: dict[str, str]) -> None:
    sent = notification("down", environ=environ)
    assert sent == "\a\x1bPtmux;\x1b\x1b]9;down\x1b\x1b\\\x1b\\"


def test_screen_is_sent_the_notice_in_its_wrapping() -> None:
    assert notification("down", environ={"STY": "1.pts-0"}) == "\a\x1bP\x1b]9;down\a\x1b\\"


@pytest.mark.parametrize("environ", ENVIRONS)
def test_what_is_not_printable_is_left_out_at_the_latest(environ: dict[str, str]) -> None:
    sent, harmless = (notification(text, environ=environ) for text in (HOSTILE, "TEXT"))
    assert sent == harmless.replace("TEXT", "a\\bPtmux;[2Jc")


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")
@pytest.mark.parametrize("passes", [True, False])
def test_a_real_tmux_that_lets_it_pass_sends_the_notice_on(tmp_path: Path, *, passes: bool) -> None:
    config = tmp_path / "tmux.conf"
    config.write_text(f"set -g allow-passthrough {'on' if passes else 'off'}\n")
    program = (
        "import os, time; from swarmtui.tui.wire.notice import notification as say;"
        "print(say('eu-west-1 is down', environ=os.environ), 'was said', end='', flush=True);"
        "time.sleep(30)"
    )
    command = f'exec {sys.executable} -c "{program}"'
    tmux = ["tmux", "-S", str(tmp_path / "tmux.sock"), "-f", str(config)]
    ours, theirs = pty.openpty()
    env = {key: value for key, value in os.environ.items() if not key.startswith("TMUX")}
    attached = subprocess.Popen(
        [*tmux, "new-session", "-x", "80", "-y", "24", command],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=env | {"TERM": "xterm-256color"},
        start_new_session=True,
    )
    try:
        got = read_until(ours, b"was said")
    finally:
        subprocess.run([*tmux, "kill-server"], check=True, timeout=10)
        attached.wait(timeout=10)
        os.close(theirs)
        os.close(ours)
    assert (b"\x1b]9;eu-west-1 is down\x1b\\" in got) is passes


def read_until(terminal: int, text: bytes, *, within_s: float = 20) -> bytes:
    """Return all that a terminal is sent until it shows a text."""
    got, until = b"", time.monotonic() + within_s
    while text not in got:
        left = until - time.monotonic()
        if not select.select([terminal], [], [], max(0.0, left))[0]:
            raise TimeoutError(f"no {text!r} in {got!r}")
        got += os.read(terminal, 65536)
    return got
