"""Figures that tests find, told at the end of the run, whichever process found them."""

from collections.abc import Callable

import pytest

_PROPERTY = "figure"

Figure = Callable[[str, str], None]
"""Takes what is measured, and how much it is."""


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Return what takes a figure."""

    def take(what: str, how_much: str) -> None:
        record_property(_PROPERTY, f"{what}: {how_much}")

    return take


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the figures."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    told = dict.fromkeys(
        str(value)
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == _PROPERTY
    )
    if told:
        terminalreporter.section("figures")
        for line in told:
            terminalreporter.line(line)
