"""Engines of several releases are told, and louder when workers are ahead of the managers."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.query import parse_query
from swarmtui.swarm.entities import Node
from tests.factories import at, make_node
from tests.insight.story import Story, make_managers, make_nodes


def begin(*versions: str, managers: str = "20.10.24") -> Story:
    story = Story()
    leading = [replace(node, engine_version=managers) for node in make_managers(0)]
    story.show([*leading, *make_nodes(10, "u"), *of(versions)], 0)
    return story


def of(versions: Sequence[str]) -> Sequence[Node]:
    return [
        make_node(f"w{i}", hostname=f"w{i}", engine_version=version)
        for i, version in enumerate(versions)
    ]


def skew(story: Story) -> Problem | None:
    return story.problem("engine_skew")


@pytest.mark.parametrize(
    "versions", [("20.10.24", "20.10.7", "20.10.24+dfsg1", "v20.10.21"), ("", "dev", "library")]
)
def test_repairs_of_one_release_and_versions_that_are_none_are_no_problem(
    versions: tuple[str, ...],
) -> None:
    assert skew(begin(*versions)) is None


def test_several_releases_are_good_to_know() -> None:
    story = begin("19.03.15", "19.03.15", "18.09.9")
    problem = skew(story)
    assert problem is not None
    assert problem.severity is Severity.INFO
    assert problem.text == "3 releases of the engine: 20.10 on 13, 19.03 on 2, 18.09 on 1"
    assert problem.nodes == ["w0", "w1", "w2"]
    shown = parse_query(problem.query).filter_nodes(story.nodes.values(), story.picture())
    assert {node.id for node in shown} == set(problem.nodes)
    assert problem.evidence == ["20.10: 13 nodes", "19.03: 2 nodes", "18.09: 1 node"]


def test_a_worker_that_is_newer_than_all_managers_is_a_warning() -> None:
    story = begin("24.0.7", "23.0.6", "19.03.15")
    problem = skew(story)
    assert problem is not None
    assert problem.severity is Severity.WARNING
    assert problem.text == (
        "2 workers have a newer engine than the managers, 23.0, 24.0 against 20.10: "
        "upgrade the managers first"
    )
    shown = parse_query(problem.query).filter_nodes(story.nodes.values(), story.picture())
    assert {node.id for node in shown} == set(problem.nodes) == {"w0", "w1"}


def test_managers_that_are_upgraded_one_by_one_are_no_warning() -> None:
    story = begin("24.0.7")
    story.show([replace(story.nodes["mg0"], engine_version="24.0.7")], 10)
    story.show([], 22)
    problem = skew(story)
    assert problem is not None
    assert (problem.severity, problem.since) == (Severity.INFO, at(0))


def test_engines_that_are_all_upgraded_are_no_problem_any_more() -> None:
    story = begin("19.03.15")
    story.show([replace(story.nodes["w0"], engine_version="20.10.24")], 10)
    assert skew(story) is None


def test_ghosts_of_an_older_engine_are_not_told() -> None:
    story = Story()
    ghost = make_node(
        "old", hostname="u1", state="down", engine_version="19.03.15", updated_at=at(-60)
    )
    story.show([*make_managers(0), *make_nodes(10, "u"), ghost], 0)
    assert skew(story) is None
