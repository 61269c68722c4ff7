"""Bars, sparklines and the timeline's columns."""

from datetime import timedelta

from swarmtui.insight.picture import Sample
from swarmtui.tui import charts
from tests.factories import at


def sample(second: float, ready: int = 10, *, election: bool = False) -> Sample:
    return Sample(
        at=at(second), ready=ready, down=0, unknown=0, running=0, desired=0, election=election
    )


def test_a_bar_grows_by_half_cells() -> None:
    assert charts.bar(5, 10, width=10) == "━━━━━     "
    assert charts.bar(55, 100, width=10) == "━━━━━╸    "


def test_a_bar_is_full_only_when_all_are_there() -> None:
    assert charts.bar(2383, 2384, width=10) == "━━━━━━━━━╸"
    assert charts.bar(2384, 2384, width=10) == "━━━━━━━━━━"


def test_a_bar_shows_even_a_single_one() -> None:
    assert charts.bar(1, 2384, width=10) == "╸         "
    assert charts.bar(0, 2384, width=10) == " " * 10
    assert charts.bar(0, 0, width=10) == " " * 10


def test_noise_stays_small_on_a_scale() -> None:
    scale = charts.scale_of([2290, 2291, 2289])
    assert scale.level(2291, 8) - scale.level(2289, 8) <= 1


def test_a_scale_starts_at_nothing_when_values_began_low() -> None:
    assert charts.scale_of([10, 2000]) == charts.Scale(0, 2000)


def test_what_was_not_seen_leaves_its_column_empty() -> None:
    drawn = charts.rows([10, None, 10])
    assert drawn[0][1] == " "
    assert drawn[0][0] != " "


def test_nothing_and_no_data_look_different() -> None:
    assert charts.rows([0, 8, None]) == ["▁▇ "]


def test_a_chart_of_two_rows_fills_from_below() -> None:
    top, bottom = charts.rows([0, 10], height=2)
    assert top == " ▇"
    assert bottom == "▁█"


def test_a_sparkline_has_exactly_its_width() -> None:
    assert len(charts.sparkline([1, 2, 3], width=8)) == 8
    assert len(charts.sparkline(list(range(100)), width=8)) == 8
    assert charts.sparkline([], width=4) == "    "


def test_a_squeezed_sparkline_ends_with_the_newest_value() -> None:
    assert charts.sparkline([9] * 30 + [1], width=8)[-1] == "▁"


def test_what_does_not_change_is_a_line_and_no_wall() -> None:
    assert charts.sparkline([200] * 8, width=8) == "▅" * 8


def test_columns_hold_the_newest_sample_of_their_time() -> None:
    columns = charts.columns(
        [sample(1, 5), sample(4, 7)], width=2, until=at(10), span=timedelta(seconds=10)
    )
    assert columns[0].sample is not None
    assert columns[0].sample.ready == 7


def test_the_first_column_shows_what_was_seen_just_before_it_too() -> None:
    columns = charts.columns(
        [sample(-6, 4), sample(-4, 5)], width=2, until=at(10), span=timedelta(seconds=10)
    )
    assert columns[0].sample is not None
    assert columns[0].sample.ready == 5


def test_an_election_is_kept_though_newer_samples_share_its_column() -> None:
    columns = charts.columns(
        [sample(1, election=True), sample(2)], width=1, until=at(10), span=timedelta(seconds=10)
    )
    assert columns[0].election


def test_columns_between_usual_samples_are_filled() -> None:
    history = [sample(second) for second in range(0, 60, 10)]
    columns = charts.columns(history, width=60, until=at(55), span=timedelta(seconds=55))
    assert all(column.sample for column in columns)


def test_a_gap_in_the_data_stays_a_gap() -> None:
    history = [sample(second) for second in (0, 1, 2, 3, 40, 41)]
    columns = charts.columns(history, width=42, until=at(42), span=timedelta(seconds=42))
    assert columns[20].sample is None


def test_columns_stay_where_they_are_until_one_is_over() -> None:
    each = timedelta(seconds=10)
    assert charts.end_of_column(at(1), each) == charts.end_of_column(at(9), each) == at(10)
    assert charts.end_of_column(at(10), each) == at(20)


def test_samples_older_than_the_time_shown_are_left_out() -> None:
    columns = charts.columns([sample(-50)], width=5, until=at(0), span=timedelta(seconds=10))
    assert all(column.sample is None for column in columns)


def test_the_axis_of_a_short_time_names_seconds() -> None:
    axis = charts.time_axis(width=60, until=at(0), span=timedelta(seconds=90), every=20)
    assert axis.split() == [at(-90 + n * 30).astimezone().strftime("%H:%M:%S") for n in range(3)]
    assert len(axis) == 60


def test_the_axis_names_times_where_they_belong() -> None:
    axis = charts.time_axis(width=45, until=at(0), span=timedelta(minutes=45), every=15)
    assert len(axis) == 45
    assert axis[15:20] == at(-1800).astimezone().strftime("%H:%M")
