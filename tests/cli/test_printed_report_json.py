"""A report as JSON: names that are a promise, values as they are."""

import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from swarmtui.cli.printed.report_json import (
    BlackHoleReport,
    CostReport,
    ElectionReport,
    ErrorReport,
    GapReport,
    GroupReport,
    HappeningReport,
    NodesReport,
    NoteReport,
    PaceReport,
    PeakReport,
    ProblemReport,
    SampleReport,
    WholeReport,
    write_json,
)
from swarmtui.insight.report import Report
from tests.cli.pictures import HOSTILE
from tests.cli.reports import make_hostile, make_missing, make_note, make_origin, make_report
from tests.factories import at


def written(report: Report) -> Any:
    stream = io.StringIO()
    write_json(report, stream)
    text = stream.getvalue()
    assert text.endswith("}\n")
    return json.loads(text)


def test_the_promised_keys_are_there() -> None:
    told = written(make_report())
    assert told["schema"] == 1
    assert (told["from"], told["to"]) == ("2026-07-22T12:00:00Z", "2026-07-22T13:00:00Z")
    assert told["nodes_peak"] == {"value": 2384, "at": "2026-07-22T12:40:00Z"}
    assert told["tasks_peak"] == {"value": 96_287, "at": "2026-07-22T12:50:00Z"}
    assert told["elections"] == [
        {
            "at": "2026-07-22T12:30:12.400000Z",
            "old_leader": "mg0",
            "new_leader": "mg1",
            "leaderless_s": 12.4,
        }
    ]
    (problem,) = told["problems"]
    assert problem["severity"] == "critical"
    assert (problem["since"], problem["until"]) == ("2026-07-22T12:10:00Z", "2026-07-22T12:14:09Z")
    assert problem["nodes"] == ["w1", "w2"]
    (contributor,) = told["contributors"]
    assert contributor["name"] == "ann"
    assert (contributor["pledged"], contributor["joined"], contributor["ready"]) == (600, 500, 498)
    assert (contributor["share"], contributor["failures"]) == (0.25, 7)
    assert told["regions"][0]["pledged"] is None
    assert told["errors"][0]["text"] == "task: non-zero exit (137)"
    assert told["errors"][0]["count"] == 388


def test_rates_holes_and_cost_are_there() -> None:
    told = written(make_report())
    assert told["joins"] == {
        "total": 2381,
        "per_minute": 39.7,
        "best_minute": {"value": 412, "at": "2026-07-22T12:02:00Z"},
    }
    assert told["black_holes"][0]["failures"] == 291
    assert told["cost"]["requests"] == 4100
    assert told["cost"]["share"] == 0.034
    assert told["nodes_end"]["ready"] == 2300


def test_what_is_missing_and_bookmarked_has_times() -> None:
    told = written(make_report(origin=make_origin(missing=[make_missing()], notes=[make_note()])))
    assert told["missing"] == [
        {
            "from": "2026-07-22T12:11:40Z",
            "to": "2026-07-22T12:12:10Z",
            "text": "30 s are damaged",
        }
    ]
    assert told["bookmarks"] == [{"at": "2026-07-22T12:20:00Z", "text": "launch"}]


def test_points_are_in_the_order_of_time_once_each() -> None:
    samples = written(make_report())["samples"]
    assert len(samples) == 60
    assert [sample["at"] for sample in samples] == sorted(sample["at"] for sample in samples)
    assert samples[-1]["running"] == 88_500


def test_nothing_at_all_has_null_peaks_and_empty_lists() -> None:
    told = written(Report(begins=at(0), ends=at(0), origin=make_origin()))
    assert told["nodes_peak"] is None
    assert told["tasks_peak"] is None
    assert told["joins"]["best_minute"] is None
    assert told["elections"] == told["problems"] == told["errors"] == told["samples"] == []


def test_strings_are_exact_and_cannot_act_on_a_terminal() -> None:
    stream = io.StringIO()
    write_json(make_hostile(HOSTILE), stream)
    text = stream.getvalue()
    assert not {"\x1b", "\u202e", "\x9b"} & set(text)
    told = json.loads(text)
    assert told["regions"][0]["name"] == HOSTILE
    assert told["errors"][0]["text"] == HOSTILE


@pytest.mark.parametrize(
    "described",
    [
        BlackHoleReport, CostReport, ElectionReport, ErrorReport, GapReport, GroupReport,
        HappeningReport, NodesReport, NoteReport, PaceReport, PeakReport, ProblemReport,
        SampleReport, WholeReport,
    ],
)  # fmt: skip
def test_every_key_is_described(described: type) -> None:
    text = (Path(__file__).parents[2] / "docs" / "report.md").read_text()
    keys = [field.encode_name for field in msgspec.structs.fields(described)]
    assert [key for key in keys if f"`{key}`" not in text] == []
