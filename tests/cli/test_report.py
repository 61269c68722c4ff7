"""`swarmtui report` on real recordings: what it writes, where to, and how it ends otherwise."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from swarmtui.cli.report import report
from swarmtui.insight.analyst import Analyst
from swarmtui.recording.blocks import MAGIC, Block, BlockKind, find_blocks
from swarmtui.recording.entries import Preface
from swarmtui.recording.reading import Recording
from swarmtui.recording.recorder import Recorder
from swarmtui.swarm.observation import Observation
from tests.factories import at, make_node, make_task, nodes_seen
from tests.insight.evening import Told, make_tasks, make_told
from tests.insight.story import place_by_labels


def make_evening() -> Told:
    """Return half an hour: nodes join, tasks start and fail, the leader changes."""
    told = make_told(8, replicas=40)
    for n in range(20):
        told.show([make_node(f"x{n}", created_at=at(30 + n))], 31 + n)
    for n in range(40):
        told.run([make_task(f"r{n}", node_id=f"w{n % 8}", since=at(100 + n))], 100.5 + n)
    told.run(make_tasks(3, first=90, state="failed", error="task: non-zero exit (137)"), 200)
    told.show([], 590)
    told.lead("mg2", 612.4, asked=600)
    for second in range(620, 1800, 20):
        told.show([], second)
    return told


def record(
    path: Path,
    seen: Iterable[Observation],
    *,
    before: Iterable[Observation] = (),
    notes: Iterable[tuple[float, str]] = (),
) -> Path:
    """Record observations, after some that were seen before anybody recorded."""
    analyst = Analyst(place=place_by_labels)
    for each in before:
        analyst.see(each)
    recorder = Recorder(
        path,
        preface=Preface(began_at=at(0), program="9.9", asked=("tcp://mg0:2376",)),
        analyst=analyst,
        now=lambda: at(1800),
    )
    for each in seen:
        analyst.see(each)
        recorder.see(each)
    for second, note in notes:
        recorder.bookmark(note, at(second))
    recorder.close()
    assert recorder.status.error == ""
    return path


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    notes = [(95.0, "the launch begins")]
    return record(folder / "evening.rec", make_evening().seen, notes=notes)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(report, [str(each) for each in arguments])


def told(*arguments: str | Path) -> Any:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_a_report_names_the_leaders_and_the_seconds_between_them(evening: Path) -> None:
    (election,) = told(evening)["elections"]
    assert election == {
        "at": "2026-07-22T12:10:12.400000Z",
        "old_leader": "mg0",
        "new_leader": "mg2",
        "leaderless_s": 12.4,
    }


def test_a_report_counts_what_was_recorded(evening: Path) -> None:
    everything = told(evening)
    assert everything["from"] == "2026-07-22T12:00:00Z"
    assert everything["nodes_peak"] == {"value": 31, "at": "2026-07-22T12:00:50Z"}
    assert everything["tasks_peak"] == {"value": 40, "at": "2026-07-22T12:02:19.500000Z"}
    assert everything["joins"]["total"] == 20
    assert everything["joins"]["best_minute"]["value"] == 20
    assert everything["task_starts"]["total"] == 40
    assert everything["failed"] == 3
    assert [(e["text"], e["count"]) for e in everything["errors"]] == [
        ("task: non-zero exit (137)", 3)
    ]
    assert everything["bookmarks"] == [{"at": "2026-07-22T12:01:35Z", "text": "the launch begins"}]
    assert everything["missing"] == []


def test_markdown_is_what_is_printed_unless_asked_otherwise(evening: Path) -> None:
    result = run(evening)
    assert result.exit_code == 0
    assert result.stdout.startswith("# Swarm c1\n")
    assert "| mg0        | mg2        |" in result.stdout


@pytest.mark.parametrize(
    ("name", "begin"), [("a.html", "<!doctype html>"), ("a.md", "# Swarm"), ("a.JSON", "{")]
)
def test_the_name_of_the_file_says_what_is_written(
    evening: Path, tmp_path: Path, name: str, begin: str
) -> None:
    result = run(evening, "-o", tmp_path / name)
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / name).read_text().startswith(begin)


def test_a_format_that_is_given_goes_before_the_name(evening: Path, tmp_path: Path) -> None:
    run(evening, "-o", tmp_path / "a.html", "--format", "md")
    assert (tmp_path / "a.html").read_text().startswith("# Swarm")


def test_the_plots_are_in_the_html(evening: Path) -> None:
    page = run(evening, "--format", "html").stdout
    assert page.count("<svg") == 4


def test_a_part_can_be_asked_for(evening: Path) -> None:
    part = told(evening, "--from", "12:01Z", "--to", "+3m")
    assert (part["from"], part["to"]) == ("2026-07-22T12:01:00Z", "2026-07-22T12:03:00Z")
    assert part["joins"]["total"] == 0
    assert part["task_starts"]["total"] == 40
    assert part["elections"] == []
    assert part["nodes_peak"] == {"value": 31, "at": "2026-07-22T12:01:00Z"}


def test_parts_add_up_to_the_whole(evening: Path) -> None:
    parts = [
        told(evening, "--to", "12:00:40Z"),
        told(evening, "--from", "12:00:40Z", "--to", "12:02:00Z"),
        told(evening, "--from", "12:02:00Z"),
    ]
    assert sum(part["joins"]["total"] for part in parts) == 20
    assert sum(part["task_starts"]["total"] for part in parts) == 40
    assert sum(part["failed"] for part in parts) == 3
    assert sum(len(part["elections"]) for part in parts) == 1


def test_times_outside_the_recording_are_clamped_and_said(evening: Path) -> None:
    result = run(evening, "--from", "11:00Z", "--to", "23:00Z", "--format", "json")
    assert result.exit_code == 0
    first, second = result.stderr.splitlines()
    assert first.startswith("swarmtui: --from: the recording begins at ")
    assert second.startswith("swarmtui: --to: the recording ends at ")
    assert json.loads(result.stdout)["failed"] == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "2031-01-01"], "is not in the recording"),
        (["--from", "13:30Z"], "--from 13:30Z is after the recording, which ends at "),
        (["--to", "11:30Z"], "--to 11:30Z is before the recording, which begins at "),
        (["--from", "12:10Z", "--to", "12:05Z"], "is not before --to "),
        (["--from", "12:10Z", "--to", "12:10Z"], "is not before --to "),
        (["--from", "half past"], "half past is not a time"),
        (["--to", "+9h"], "is longer than the recording"),
        (["--to", "120%"], "is more than all of it"),
    ],
)
def test_times_that_cannot_be_meant_end_it_with_one_line(
    evening: Path, arguments: list[str], words: str
) -> None:
    result = run(evening, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.startswith("swarmtui: ")
    assert len(result.stderr.splitlines()) == 1


def test_what_is_no_recording_ends_it_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("half past seven\n" * 100)
    (tmp_path / "empty").touch()
    for name in ("none.rec", "notes.txt", "empty", "."):
        result = run(tmp_path / name)
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 1
        assert result.stderr.startswith(f"swarmtui: {tmp_path}")


def test_a_recording_is_never_written_over(evening: Path, tmp_path: Path) -> None:
    before = evening.read_bytes()
    other = tmp_path / "other.html"
    other.write_bytes(before[:4000])
    for output in (evening, other):
        result = run(evening, "-o", output)
        assert result.exit_code == 2
        assert "is a recording; name another file" in result.stderr
    assert evening.read_bytes() == before
    assert other.read_bytes() == before[:4000]


@pytest.mark.parametrize("name", [".", "none/a.md"])
def test_where_nothing_can_be_written_is_said_before_the_work(
    evening: Path, tmp_path: Path, name: str
) -> None:
    result = run(evening, "-o", tmp_path / name)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_an_older_report_is_replaced(evening: Path, tmp_path: Path) -> None:
    output = tmp_path / "a.md"
    output.write_text("old " * 100_000)
    assert run(evening, "-o", output).exit_code == 0
    assert "old old" not in output.read_text()


def test_a_recording_that_begins_in_the_middle_tells_of_its_own_time(tmp_path: Path) -> None:
    seen = make_evening().seen
    early = [each for each in seen if each.taken_at < at(120)]
    late = [each for each in seen if each.taken_at >= at(120)]
    # What is seen first is in the first keyframe: it was there when the recording began.
    path = record(tmp_path / "late.rec", [nodes_seen([], second=120), *late], before=early)
    everything = told(path)
    assert everything["joins"]["total"] == 0
    assert everything["task_starts"]["total"] == 20
    assert everything["nodes_peak"]["value"] == 31
    assert everything["tasks_peak"]["value"] == 40
    assert everything["failed"] == 3
    assert len(everything["elections"]) == 1


def test_an_empty_recording_is_told_as_one(tmp_path: Path) -> None:
    path = record(tmp_path / "short.rec", [nodes_seen([make_node()])])
    everything = told(path)
    assert everything["nodes_peak"]["value"] == 1
    assert everything["tasks_peak"] is None
    assert everything["samples"] == []


def test_a_recording_that_was_cut_off_is_told_as_far_as_it_goes(
    evening: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.rec"
    data = evening.read_bytes()
    last = [each for each in find_blocks(data, len(MAGIC)) if isinstance(each, Block)][-2]
    cut.write_bytes(data[: last.end])
    result = run(cut)
    assert result.exit_code == 0
    assert "The recording has no end" in result.stdout
    assert "- **31 nodes at most**" in result.stdout


def test_damage_is_told_with_its_time(evening: Path, tmp_path: Path) -> None:
    hurt = tmp_path / "hurt.rec"
    data = bytearray(evening.read_bytes())
    # Changes: a keyframe in the middle that is lost leaves nothing missing.
    blocks = Recording.open(evening).file.index.blocks
    changes = max((b for b in blocks if b.kind is BlockKind.CHANGES), key=lambda b: b.length)
    data[changes.offset : changes.end] = bytes(changes.length)
    hurt.write_bytes(data)
    missing = told(hurt)["missing"]
    assert missing
    assert all(gap["from"] <= gap["to"] and gap["text"] for gap in missing)
    assert "## What is missing" in run(hurt).stdout
