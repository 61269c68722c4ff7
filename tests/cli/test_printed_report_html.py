"""A report as HTML: one file that loads nothing, runs nothing and believes nobody."""

import io
import re
from datetime import timedelta, timezone
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from swarmtui.cli.printed.report_clock import Clock
from swarmtui.cli.printed.report_html import write_html
from swarmtui.cli.printed.report_plots import draw_plots
from swarmtui.insight.picture import Election, Sample
from swarmtui.insight.report import Bars, Pace, Report
from swarmtui.swarm.text import plain
from tests.cli.pictures import HOSTILE
from tests.cli.reports import (
    CLOCK,
    make_course,
    make_error,
    make_happening,
    make_hostile,
    make_missing,
    make_note,
    make_origin,
    make_report,
)
from tests.factories import at

TRICKS = [
    HOSTILE,
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>",
    "</style>",
    "</svg>",
    "--><b>",
    "&lt;b&gt;",
    "&#x3c;b&#x3e;",
    "]]>",
]
LOADING = {"src", "href", "xlink:href", "srcset", "action", "data", "poster", "background"}
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "b", "bdi", "main",
    "ul", "li", "span", "small", "figure", "figcaption", "i", "svg", "path", "text", "rect",
    "circle", "section", "div", "table", "thead", "tbody", "tr", "th", "td", "details", "summary",
    "footer",
}  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def written(report: Report, clock: Clock = CLOCK) -> str:
    stream = io.StringIO()
    write_html(report, clock, stream)
    return stream.getvalue()


def full_report() -> Report:
    return make_report(origin=make_origin(missing=[make_missing()], notes=[make_note()]))


def parsed(svg: str) -> ET.Element:
    """Return a drawing, parsed as strictly as XML is."""
    return ET.fromstring(svg)  # noqa: S314 - written by us


def plot_of(title: str, report: Report) -> ET.Element:
    (svg,) = [plot.svg for plot in draw_plots(report, CLOCK) if plot.title == title]
    return parsed(svg)


def drawn(name: str, svg: ET.Element) -> list[ET.Element]:
    return [each for each in svg.iter() if each.get("class") == name]


def test_no_address_of_anything_is_in_the_file() -> None:
    report = make_report(origin=make_origin(asked=["unix socket"], missing=[make_missing()]))
    assert "//" not in written(report)
    assert "url(" not in written(report)
    assert "@import" not in written(report)


def test_nothing_is_loaded_and_nothing_runs() -> None:
    page = Page(written(full_report()))
    assert set(page.tags) <= ALLOWED
    assert not [name for name, _ in page.attributes if name in LOADING or name.startswith("on")]
    policy = dict(page.attributes)["content"]
    assert policy is not None


def test_the_browser_is_told_to_load_and_run_nothing() -> None:
    assert (
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">" in written(full_report())
    )


@pytest.mark.parametrize("trick", TRICKS)
def test_text_from_outside_becomes_no_markup_wherever_it_stands(trick: str) -> None:
    harmless, page = Page(written(make_hostile("tame"))), Page(written(make_hostile(trick)))
    assert page.tags == harmless.tags
    assert [name for name, _ in page.attributes] == [name for name, _ in harmless.attributes]
    assert page.text.count(plain(trick)) >= 12


@pytest.mark.parametrize("trick", TRICKS)
def test_plots_stay_whole_whatever_their_labels_say(trick: str) -> None:
    for plot in draw_plots(make_hostile(trick), CLOCK):
        parsed(plot.svg)


def test_no_control_character_gets_through() -> None:
    text = written(make_hostile(HOSTILE)).replace("\n", "")
    assert plain(text) == text


def test_names_from_right_to_left_turn_nothing_beside_them_around() -> None:
    assert "<bdi>שרת-אחד</bdi>" in written(make_hostile("שרת-אחד"))


def test_the_figures_are_there() -> None:
    text = Page(written(full_report())).text
    for figure in ("2,384", "96,287", "412", "9,000", "449", "3.4 %", "8f3kq2", "12:50:00"):
        assert figure in text


def test_light_dark_and_paper_have_colours_of_their_own() -> None:
    text = written(full_report())
    assert "@media (prefers-color-scheme: dark)" in text
    assert "@media print" in text
    style = text.partition("<style>")[2].partition("</style>")[0]
    used = set(re.findall(r"var\((--[a-z-]+)\)", style))
    for palette in style.split(":root {")[1:]:
        assert used <= set(re.findall(r"(--[a-z-]+):", palette.partition("}")[0]))


def test_every_class_that_is_drawn_has_a_look() -> None:
    text = written(full_report())
    style = text.partition("<style>")[2].partition("</style>")[0]
    body = text.partition("</style>")[2]
    classes = {name for each in re.findall(r'class="([^"]*)"', body) for name in each.split()}
    assert {name for name in classes if f".{name}" not in style} == set()


def test_nodes_are_stacked_up_to_their_sum() -> None:
    svg = plot_of("Nodes", make_report())
    (down,) = drawn("down", svg)
    heights = [float(y) for y in re.findall(r"V([0-9.]+)", down.get("d") or "")]
    (top,) = [each for each in svg.iter() if each.text == "2,000"]
    (zero,) = [each for each in svg.iter() if each.text == "0"]
    full = float(zero.get("y") or 0) - float(top.get("y") or 0)
    last = make_course()[-1]
    expected = 224 - full * (last.ready + last.unknown + last.down) / 2000
    assert min(heights) == pytest.approx(expected, abs=0.1)


def test_a_state_nobody_was_in_is_not_drawn() -> None:
    course = [Sample(at(n), 5, 0, 0, 1, 1) for n in range(10)]
    svg = plot_of("Nodes", make_report(node_course=course))
    assert drawn("down", svg) == []
    assert len(drawn("ready", svg)) == 1


def test_a_pause_of_the_data_is_a_gap_in_the_drawing() -> None:
    course = [*make_course(20, over_s=1000), Sample(at(3000), 5, 0, 0, 1, 1)]
    course.append(Sample(at(3010), 5, 0, 0, 1, 1))
    svg = plot_of("Nodes", make_report(node_course=course))
    assert len(drawn("ready", svg)) == 2


def test_elections_are_marked_with_the_time_without_a_leader() -> None:
    svg = plot_of("Nodes", make_report())
    (line,) = [each for each in drawn("election", svg) if each.tag == "path"]
    (title,) = line
    assert title.text == "12:30:12 election mg0 → mg1, 12.4 s without a leader"
    assert len(drawn("leaderless", svg)) == 1
    assert [each.text for each in drawn("election", svg) if each.tag == "text"] == ["★ mg0 → mg1"]


def test_elections_side_by_side_have_one_label_and_all_their_lines() -> None:
    elections = [
        Election(at=at(1800 + n), old_leader="mg0", new_leader="mg1", leaderless_s=1)
        for n in range(20)
    ]
    svg = plot_of("Nodes", make_report(elections=elections))
    tags = [each.tag for each in drawn("election", svg)]
    assert (tags.count("path"), tags.count("text")) == (20, 1)


def test_the_peak_of_tasks_is_marked() -> None:
    svg = plot_of("Tasks", make_report())
    assert [each.text for each in drawn("peak", svg) if each.tag == "text"] == [
        "96,287 at 12:50:00"
    ]


def test_bookmarks_and_what_is_missing_are_marked() -> None:
    svg = plot_of("Tasks", full_report())
    assert [title.text for line in drawn("bookmark", svg) for title in line] == ["launch"]
    assert [title.text for area in drawn("missing", svg) for title in area] == [
        "missing: 30 s are damaged"
    ]


def test_a_value_stands_until_the_next_is_known() -> None:
    course = [Sample(at(0), 100, 0, 0, 1, 1), Sample(at(36), 50, 0, 0, 1, 1)]
    (ready,) = drawn("ready", plot_of("Nodes", make_report(node_course=course)))
    assert ready.get("d") == "M64 24H72.8V124L72.8 224V224H64Z"


def test_bars_shorter_than_a_minute_show_what_happened_in_each() -> None:
    pace = Pace(total=14, per_minute=1.0, bars=Bars(30.0, (5, 0, 9)))
    svg = plot_of("Nodes joined per 30 s", make_report(joins=pace))
    titles = [title.text for bar in drawn("joined", svg) for title in bar]
    assert titles == ["12:00:00: 5 per 30 s", "12:01:00: 9 per 30 s"]


def test_longer_bars_show_what_happened_a_minute() -> None:
    pace = Pace(total=14, per_minute=1.0, bars=Bars(120.0, (10, 0, 18)))
    svg = plot_of("Nodes joined per minute", make_report(joins=pace))
    titles = [title.text for bar in drawn("joined", svg) for title in bar]
    assert titles == ["12:00:00: 5 per minute", "12:04:00: 9 per minute"]


def test_what_did_not_happen_has_no_plot() -> None:
    report = make_report(joins=Pace(), starts=Pace(), node_course=(), task_course=())
    assert list(draw_plots(report, CLOCK)) == []
    assert "<svg" not in written(report)


def test_the_size_is_bounded_whatever_happened() -> None:
    points = [Sample(at(n * 5), n, n, n, n, n) for n in range(720)]
    report = make_report(
        node_course=points,
        task_course=points,
        errors=[make_error(f"error {n} " + "x" * 500) for n in range(5000)],
        happenings=[make_happening()] * 5000,
        elections=[
            Election(at=at(n), old_leader="a" * 500, new_leader="b" * 500, leaderless_s=1)
            for n in range(1000)
        ],
    )
    assert len(written(report)) < 900_000


def test_long_lists_are_folded_and_cut() -> None:
    text = written(make_report(happenings=[make_happening()] * 200))
    assert "<summary><h2>What happened</h2>" in text
    assert "… and 50 more." in text
    assert "<details>" not in written(make_report())


def test_a_report_of_no_time_can_be_drawn() -> None:
    now = Clock(at(0), at(0), CLOCK.zone)
    report = Report(begins=at(0), ends=at(0), origin=make_origin(ends=at(0)))
    assert "Swarm not known" in Page(written(report, now)).text
    moment = make_report(ends=at(0), node_course=[Sample(at(0), 1, 0, 0, 1, 1)] * 2)
    assert "<svg" in written(moment, now)


@pytest.mark.parametrize("length_s", [1, 59, 600, 3600, 86_400, 30 * 86_400])
def test_the_axis_of_time_has_round_times_and_not_too_many(length_s: int) -> None:
    clock = Clock(at(7), at(7 + length_s), CLOCK.zone)
    course = [Sample(at(7), 1, 0, 0, 1, 1), Sample(at(7 + length_s), 1, 0, 0, 1, 1)]
    plot = next(draw_plots(make_report(node_course=course, ends=clock.ends), clock))
    ticks = [
        each.text or "" for each in parsed(plot.svg).iter() if each.get("text-anchor") == "middle"
    ]
    assert 1 <= len(ticks) <= 10
    assert len(set(ticks)) == len(ticks)


def test_round_times_are_those_of_the_zone() -> None:
    clock = Clock(at(0), at(12 * 3600), timezone(timedelta(hours=5, minutes=30)))
    plot = next(draw_plots(make_report(), clock))
    ticks = [each.text for each in parsed(plot.svg).iter() if each.get("text-anchor") == "middle"]
    assert ticks[:2] == ["18:00", "20:00"]
