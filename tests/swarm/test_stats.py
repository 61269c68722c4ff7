"""Which task a container belongs to, by its name."""

import pytest

from swarmtui.swarm.stats import service_of, task_id_of

TASK = "tz1vqm1zxzk0u0yq6kkhjmn9n"
NODE = "01211slza7ofqv7xfl0l0exyz"


@pytest.mark.parametrize(
    ("container", "service"),
    [
        (f"web.1.{TASK}", "web"),
        (f"agent.{NODE}.{TASK}", "agent"),
        (f"shop_web-2.117.{TASK}", "shop_web-2"),
        (f"with.dots.1.{TASK}", "with.dots"),
    ],
)
def test_a_container_of_a_swarm_names_its_service_and_task(container: str, service: str) -> None:
    assert (service_of(container), task_id_of(container)) == (service, TASK)


@pytest.mark.parametrize(
    "container",
    ["", "web", "web.1", "web.1.short", f"web.one.{TASK}", f".1.{TASK}", f"web.1.{TASK.upper()}",
     f"web.1.{TASK}x", f"web.1.{TASK}\n"],
)  # fmt: skip
def test_any_other_container_belongs_to_no_task(container: str) -> None:
    assert (service_of(container), task_id_of(container)) == ("", "")
