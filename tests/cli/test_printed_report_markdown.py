"""A report in Markdown: readable as it is, and harmless on a forge."""

import io
import re
from datetime import timedelta, timezone
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from swarmtui.cli.printed.paper import cells
from swarmtui.cli.printed.report_clock import Clock
from swarmtui.cli.printed.report_markdown import tame, write_markdown
from swarmtui.insight.picture import Severity
from swarmtui.insight.report import Report
from swarmtui.insight.wording import shorten
from swarmtui.swarm.text import plain
from tests.cli.pictures import HOSTILE
from tests.cli.reports import (
    CLOCK,
    make_error,
    make_group,
    make_happening,
    make_hostile,
    make_incident,
    make_missing,
    make_note,
    make_origin,
    make_report,
)
from tests.factories import at

TRICKS = [
    HOSTILE,
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](http://evil.example)",
    "![pixel](http://evil.example/p.png)",
    "http://evil.example/x",
    "www.evil.example",
    "a@evil.example",
    "@everyone",
    "#1",
    "GH-12",
    "**bold** _it_ ~~no~~",
    "`tick`",
    "``two`` `one`",
    "`",
    "tail`",
    "a | b \\| c",
    "| --- |",
    "\\",
    "&lt;b&gt; &amp;",
    "# head",
    "- item",
    "1. item",
    "1) item",
    "---",
    "===",
    "> quote",
    ":smile:",
    "  padded  ",
    "deadbeef12",
    "$x^2$",
    "[red]x[/]",
    "[ ] todo",
]


def written(report: Report, clock: Clock = CLOCK) -> str:
    stream = io.StringIO()
    write_markdown(report, clock, stream)
    return stream.getvalue()


def rendered(markdown: str) -> str:
    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))


def table_of(title: str, report: Report) -> list[list[str]]:
    """Return the cells of a section's table, head and rule included."""
    section = written(report).partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_head_says_which_swarm_when_and_in_which_zone() -> None:
    lines = written(make_report()).splitlines()
    assert lines[0] == "# Swarm 8f3kq2"
    assert lines[2].startswith("2026-07-22, 12:00:00 – 13:00:00 (UTC), 1 h.")
    assert "Seen through `tcp://mg0:2376`." in lines[2]


def test_times_are_told_in_the_zone_that_is_named() -> None:
    zone = Clock(at(0), at(3600), timezone(timedelta(hours=2)))
    text = written(make_report(), zone)
    assert "14:00:00 – 15:00:00 (UTC+02:00)" in text
    assert "| 14:30:12 | mg0" in text
    assert "12:30:12" not in text


def test_a_report_over_midnight_names_the_days() -> None:
    late = Clock(at(0), at(40_000), timezone(timedelta(hours=2)))
    report = make_report(ends=at(40_000), origin=make_origin(ends=at(40_000)))
    assert "2026-07-22, 14:00:00 – 2026-07-23, 01:06:40" in written(report, late)
    assert "| 2026-07-22 14:30:12 |" in written(report, late)


def test_the_figures_come_first_with_their_times() -> None:
    text = written(make_report())
    assert "- **2,384 nodes at most**: at 12:40:00; 2,312 ready at most; 2,380 at the end" in text
    assert "- **96,287 tasks running at most**: at 12:50:00; 100,000 wanted at most" in text
    assert "- **412 nodes joined in the best minute**: at 12:02:00; 2,381 in all; 4 removed" in text
    assert "- **1 election**: 12.4 s without a leader; 3 managers" in text
    assert "- **1 incident**: 1 critical" in text
    assert "- **449 failures**: 388 failed; 61 rejected" in text
    assert "- **3.4 % of a manager's time for watching**: 4,100 requests; 1.2 GB" in text


def test_an_election_names_both_leaders_and_the_seconds() -> None:
    head, _, election = table_of("Elections", make_report())
    assert head == ["SEEN AT", "OLD LEADER", "NEW LEADER", "WITHOUT A LEADER"]
    assert election == ["12:30:12", "mg0", "mg1", "12.4 s"]


def test_incidents_say_when_and_how_long() -> None:
    open_ = make_incident(
        severity=Severity.WARNING, since=at(-5), until=None, text="short of tasks"
    )
    rows = table_of("Incidents", make_report(incidents=[make_incident(), open_]))[2:]
    assert rows == [
        ["✗ critical", "12:10:00", "4 min 9 s", "eu-west-1: 140 of 200 nodes down within 30 s"],
        ["▲ warning", "before", "to the end", "short of tasks"],
    ]


def test_groups_tell_what_they_gave_and_pledges_where_there_are_any() -> None:
    assert table_of("Regions", make_report())[2] == [
        "fr-par", "500", "25 %", "498", "24,000", "7", "490 of 498",
    ]  # fmt: skip
    assert table_of("Contributors", make_report())[2][:3] == ["ann", "600", "500"]
    mixed = make_report(contributors=[make_group("ann", pledged=5), make_group("bob")])
    assert [row[1] for row in table_of("Contributors", mixed)[2:]] == ["5", "–"]


def test_the_contributor_that_is_me_stands_out() -> None:
    groups = [make_group("ann"), make_group("@bob")]
    report = make_report(contributors=groups, origin=make_origin(mine="@Bob"))
    assert [row[0] for row in table_of("Contributors", report)[2:]] == ["ann", "**`@bob`**"]


def test_the_versions_are_told() -> None:
    last = written(make_report(origin=make_origin(program="9.9|<b>"))).splitlines()[-1]
    assert last.startswith("Made by swarmtui ")
    assert last.endswith(" from a recording made by `9.9|<b>`.")


def test_black_holes_and_errors_are_listed() -> None:
    assert table_of("Black holes", make_report())[2] == [
        "node49", "01211slza7of", "fr-par", "ann", "web", "12:15:00", "12:25:00", "291",
    ]  # fmt: skip
    assert table_of("Errors", make_report())[2] == [
        "388", "61", "4", "failed", "`task: non-zero exit (137)`",
    ]  # fmt: skip


def test_what_did_not_happen_is_said() -> None:
    report = make_report(elections=[], leaderless_s=0.0, incidents=[], black_holes=[], errors=[])
    for title in ("Elections", "Incidents", "Black holes", "Errors"):
        assert f"\n## {title}\n\nNone.\n" in written(report)


def test_what_is_missing_stands_before_everything_it_may_change() -> None:
    text = written(make_report(origin=make_origin(missing=[make_missing()], is_whole=False)))
    assert text.index("## What is missing") < text.index("## Elections")
    assert "| 12:11:40 | 12:12:10 | 30 s are damaged |" in text
    assert "The recording has no end" in text
    assert "What is missing" not in written(make_report())


def test_a_part_says_of_what() -> None:
    text = written(make_report(begins=at(600)), Clock(at(600), at(3600), CLOCK.zone))
    assert "A part of a recording of 2026-07-22, 12:00:00 – 13:00:00." in text


def test_bookmarks_are_listed() -> None:
    report = make_report(origin=make_origin(notes=[make_note("the launch begins")]))
    assert table_of("Bookmarks", report)[2] == ["12:20:00", "the launch begins"]


def test_nothing_at_all_is_a_report_too() -> None:
    text = written(Report(begins=at(0), ends=at(0), origin=make_origin(ends=at(0))))
    assert text.startswith("# Swarm not known\n")
    assert "- **– nodes at most**" in text
    assert "Not measured." in text


def test_long_lists_are_cut_and_say_so() -> None:
    text = written(make_report(errors=[make_error(f"error {n}") for n in range(100)]))
    assert "… and 60 more." in text


def test_columns_stand_below_each_other() -> None:
    groups = [
        make_group("你好-世界"),
        make_group("x" * 300),
        make_group("a|b"),
        make_group("fr-par"),
    ]
    section = written(make_report(regions=groups)).partition("## Regions\n\n")[2]
    lines = section.partition("\n\n")[0].splitlines()
    assert len({cells(line) for line in lines}) == 1
    assert cells(lines[0]) < 130


def test_words_stand_bare_and_what_could_be_markup_as_code() -> None:
    assert tame("ap-southeast-1: 64 of 2,200 nodes down within 30.5 s") == (
        "ap-southeast-1: 64 of 2,200 nodes down within 30.5 s"
    )
    assert tame("leader mg0 → mg1, 12 s without a leader") == (
        "leader mg0 → mg1, 12 s without a leader"
    )
    assert tame("ml_trainer") == "ml_trainer"
    assert tame("@scaleway") == "`@scaleway`"
    assert tame("a `b` c") == "``a `b` c``"
    assert tame("`b") == "`` `b ``"
    assert tame("") == "–"


def shown(markdown: str) -> str:
    """Return what a reader sees of a line."""
    return unescape(re.sub(r"<[^>]*>", "", rendered(markdown))).rstrip("\n")


@pytest.mark.parametrize("trick", [trick for trick in TRICKS if trick != HOSTILE])
def test_text_from_outside_shows_as_it_is(trick: str) -> None:
    assert shown(tame(trick)) == trick


@given(st.text(alphabet=st.sampled_from("`ab1 \\|*_[]()<>&#-+.!~:/@éש你→"), max_size=24))
def test_any_text_shows_as_it_is(text: str) -> None:
    assert shown(tame(text)) == (text if text.strip() else "–")


@pytest.mark.parametrize("trick", TRICKS)
def test_text_from_outside_becomes_no_markup_wherever_it_stands(trick: str) -> None:
    tags = set(re.findall(r"<(/?[a-z0-9]+)[^>]*>", rendered(written(make_hostile(trick)))))
    ours = {"h1", "h2", "p", "ul", "li", "strong", "code", "hr", "br"}
    tables = {"table", "thead", "tbody", "tr", "th", "td"}
    assert {tag.lstrip("/") for tag in tags} <= ours | tables
    html = rendered(written(make_hostile(trick)))
    assert html.count("<h1>") == 1
    assert html.count("<table>") == rendered(written(make_hostile("tame"))).count("<table>")


@pytest.mark.parametrize("trick", TRICKS)
def test_text_from_outside_breaks_no_row(trick: str) -> None:
    tame_rows = rendered(written(make_hostile("tame"))).count("<td")
    assert rendered(written(make_hostile(trick))).count("<td") == tame_rows


@pytest.mark.parametrize("trick", ["@everyone", "#1", "GH-12", "a@evil.example", "deadbeef12"])
def test_what_forges_make_links_of_stands_as_code_everywhere(trick: str) -> None:
    outside = re.sub(r"`[^`\n]*`", "", written(make_hostile(trick)))
    assert trick not in outside


def test_no_control_character_gets_through() -> None:
    text = written(make_hostile(HOSTILE))
    assert plain(text.replace("\n", "")) == text.replace("\n", "")
    assert shorten(plain(HOSTILE), 44) in text


def test_happenings_are_told_in_words() -> None:
    assert table_of("What happened", make_report(happenings=[make_happening()]))[2] == [
        "12:10:00", "▲ warning", "140 nodes went down, eu-west-1",
    ]  # fmt: skip
