"""`swarmtui report`: what happened, from a recording."""

import gc
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import TextIO, assert_never

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from swarmtui.cli.ending import USAGE, end
from swarmtui.cli.options import config_options
from swarmtui.cli.printed.report_clock import Clock
from swarmtui.cli.printed.report_html import write_html
from swarmtui.cli.printed.report_json import write_json
from swarmtui.cli.printed.report_markdown import write_markdown
from swarmtui.cli.seeing import read_config_or_end
from swarmtui.insight.moments import MomentError, parse_moment
from swarmtui.insight.report import Gap, Note, Origin, Report
from swarmtui.insight.report_account import Account
from swarmtui.insight.report_playing import choose_times, play
from swarmtui.insight.thresholds import Thresholds
from swarmtui.recording.blocks import NAME
from swarmtui.recording.entries import LandmarkKind
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from swarmtui.swarm.text import plain

FAILED = 1
PATIENCE_S = 1.0
"""A report that takes longer says how far it is."""
_AN_AGE = timedelta(days=366)
"""How far from a recording a time may be to be taken for one that lies outside."""


class Markup(StrEnum):
    """What a report is written in."""

    MD = "md"
    HTML = "html"
    JSON = "json"


_SUFFIXES = {".html": Markup.HTML, ".htm": Markup.HTML, ".json": Markup.JSON}


@click.command(
    epilog="""\
\b
Examples:
  swarmtui report evening.rec
  swarmtui report evening.rec -o evening.html
  swarmtui report evening.rec --from 19:00 --to 19:30 --format json | jq .elections
"""
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "begin",
    default="",
    metavar="TIME",
    help="Where to begin: 14:05, 14:05:30, 2016-10-27 14:05, with a zone or as the dashboard shows "
    "times; +10m after the begin, -5m before the end, 50%.",
)
@click.option("--to", "until", default="", metavar="TIME", help="Where to end, likewise.")
@click.option(
    "--format",
    "format_",
    type=click.Choice([each.value for each in Markup]),
    help="What to write; unless given as FILE's name says, or md.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write into this file.",
)
@config_options
def report(
    *,
    file: Path,
    begin: str,
    until: str,
    format_: str | None,
    output: Path | None,
    config: Path | None,
) -> None:
    """Tell what happened in a recorded swarm.

    Peaks, rates, elections, incidents, regions and contributors, black holes, errors, and what the
    watching cost. The HTML is one file with plots that needs no network. Times are those of this
    machine's zone, except in JSON.
    """
    if output is not None:
        _check_output(output, file)
    thresholds = read_config_or_end(config).problems
    try:
        with closing(Recording.open(file)) as recording:
            begins, ends = _find_span(recording, begin, until)
            told = _tell(recording, begins, ends, thresholds)
    except RecordingError as error:
        end(str(error), status=FAILED)
    _write(told, _choose_markup(format_, output), output)


def _find_span(recording: Recording, begin: str, until: str) -> tuple[datetime, datetime]:
    begins = _find("--from", begin, recording, recording.begins) if begin else recording.begins
    ends = _find("--to", until, recording, recording.ends) if until else recording.ends
    clock = Clock(recording.begins, recording.ends)
    if begins > recording.ends:
        end(
            f"--from {plain(begin)} is after the recording, which ends at "
            f"{clock.time(recording.ends)}",
            status=USAGE,
        )
    if ends < recording.begins:
        end(
            f"--to {plain(until)} is before the recording, which begins at "
            f"{clock.time(recording.begins)}",
            status=USAGE,
        )
    if begins < recording.begins:
        _say(f"--from: the recording begins at {clock.time(recording.begins)}, and so does this")
    if ends > recording.ends:
        _say(f"--to: the recording ends at {clock.time(recording.ends)}, and so does this")
    begins, ends = max(begins, recording.begins), min(ends, recording.ends)
    if begins > ends or (begins == ends and (begin or until)):
        end(f"--from {clock.time(begins)} is not before --to {clock.time(ends)}", status=USAGE)
    return begins, ends


def _find(option: str, text: str, recording: Recording, near: datetime) -> datetime:
    """Return the time meant, which may lie outside the recording."""
    begins, ends = recording.begins, recording.ends
    try:
        return parse_moment(text, begins=begins, ends=ends, near=near)
    except MomentError as error:
        outside = _find_outside(text, recording, near)
        if outside is None:
            end(f"{option}: {plain(error.message)}", status=USAGE)
        return outside


def _find_outside(text: str, recording: Recording, near: datetime) -> datetime | None:
    if text.strip()[:1] in {"+", "-"} or text.strip().endswith("%"):
        return None  # counted from the recording: with another it would be another time
    begins, ends = recording.begins - _AN_AGE, recording.ends + _AN_AGE
    try:
        return parse_moment(text, begins=begins, ends=ends, near=near)
    except MomentError:
        return None


def _tell(recording: Recording, begins: datetime, ends: datetime, thresholds: Thresholds) -> Report:
    # Pictures of a large swarm are many objects that stay for long: the usual pace of the search
    # for garbage would walk over them again and again.
    gc.enable()
    gc.set_threshold(50_000, 20, 100)
    playhead = Playhead(recording, thresholds=thresholds)
    playhead.seek(begins)
    account = Account(playhead.snapshot, begins=begins, ends=ends, thresholds=thresholds)
    times = choose_times(begins, ends, (landmark.at for landmark in recording.landmarks))
    with _progress(begins, ends) as show:
        for at in play(playhead, account, times):
            show(at)
    return account.close(_describe(recording))


def _describe(recording: Recording) -> Origin:
    preface = recording.preface
    missing = [Gap(each.begins, each.ends, each.text) for each in recording.damage]
    notes = [
        Note(landmark.at, landmark.text)
        for landmark in recording.landmarks
        if landmark.kind is LandmarkKind.BOOKMARK
    ]
    return Origin(
        begins=recording.begins,
        ends=recording.ends,
        program=preface.program,
        asked=preface.asked,
        mine=preface.mine,
        redacted=preface.redacted,
        is_whole=recording.is_ended,
        missing=missing,
        notes=notes,
    )


def _choose_markup(format_: str | None, output: Path | None) -> Markup:
    if format_ is not None:
        return Markup(format_)
    return _SUFFIXES.get(output.suffix.lower(), Markup.MD) if output is not None else Markup.MD


def _check_output(output: Path, recording: Path) -> None:
    """End where the report would replace a recording, or has no place to go."""
    try:
        if output.is_dir():
            end(f"{output} is a folder; name a file in it", status=USAGE)
        if output.is_file():
            with output.open("rb") as there:
                if output.samefile(recording) or there.read(len(NAME)) == NAME:
                    end(f"{output} is a recording; name another file with -o", status=USAGE)
        elif not output.parent.is_dir():
            end(f"there is no folder {output.parent} to write {output.name} into", status=USAGE)
    except OSError as error:
        end(f"{output} cannot be written: {error.strerror}", status=USAGE)


def _write(told: Report, markup: Markup, output: Path | None) -> None:
    clock = Clock(told.begins, told.ends)
    if output is None:
        if markup is Markup.HTML and isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # as the page says of itself
        _write_to(told, markup, clock, sys.stdout)
        return
    try:
        with output.open("w", encoding="utf-8", errors="replace", newline="\n") as stream:
            _write_to(told, markup, clock, stream)
    except OSError as error:
        end(f"{output} cannot be written: {error.strerror}", status=FAILED)


def _write_to(told: Report, markup: Markup, clock: Clock, stream: TextIO) -> None:
    match markup:
        case Markup.MD:
            write_markdown(told, clock, stream)
        case Markup.HTML:
            write_html(told, clock, stream)
        case Markup.JSON:
            write_json(told, stream)
        case never:
            assert_never(never)


@contextmanager
def _progress(begins: datetime, ends: datetime) -> Iterator[Callable[[datetime], None]]:
    """Give who is told how far it is, and shows that on a terminal when it takes long."""
    console = Console(file=sys.stderr)
    progress = Progress(
        TextColumn("playing the recording"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = progress.add_task("", total=max(1.0, (ends - begins).total_seconds()))
    began = monotonic()
    is_shown = False

    def show(at: datetime) -> None:
        nonlocal is_shown
        progress.update(task, completed=(at - begins).total_seconds())
        if not is_shown and monotonic() - began > PATIENCE_S:
            progress.start()
            is_shown = True

    try:
        yield show
    finally:
        progress.stop()


def _say(text: str) -> None:
    click.echo(f"swarmtui: {text}", err=True)
