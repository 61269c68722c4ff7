"""What the Engine API answers at the peak of a small event."""

import json

import pytest

from tests.simulator.engines import Engine


def test_a_node_has_the_shape_of_a_real_one(peak: Engine) -> None:
    node = peak.get("/v1.41/nodes/crowsnest-sw001").json

    assert list(node) == [
        "ID", "Version", "CreatedAt", "UpdatedAt", "Spec", "Description", "Status",
    ]  # fmt: skip
    assert list(node["Description"]) == ["Hostname", "Platform", "Resources", "Engine", "TLSInfo"]
    assert node["Description"]["Engine"]["Labels"]["region"] == "sgp1"
    assert len(node["Description"]["Engine"]["Plugins"]) == 17
    assert node["Spec"]["Availability"] == "active"
    assert node["Status"]["State"] == "ready"
    assert 1500 < len(json.dumps(node, separators=(",", ":"))) < 2300


def test_one_manager_leads_and_the_others_leave_the_word_out(peak: Engine) -> None:
    managers = peak.get("/v1.41/nodes", filters={"role": ["manager"]}).json
    status = {node["Description"]["Hostname"]: node["ManagerStatus"] for node in managers}

    assert status["mg0"] == {
        "Leader": True, "Reachability": "reachable", "Addr": "10.0.0.1:2377",
    }  # fmt: skip
    assert status["mg1"] == {"Reachability": "reachable", "Addr": "10.0.0.2:2377"}
    assert {node["Spec"]["Availability"] for node in managers} == {"drain"}


def test_a_task_has_the_shape_of_a_real_one(peak: Engine) -> None:
    tasks = peak.get("/v1.41/tasks", filters={"service": ["shop_web"]}).json
    task = next(task for task in tasks if task["Status"]["State"] == "running")

    assert list(task) == [
        "ID", "Version", "CreatedAt", "UpdatedAt", "Labels", "Spec", "ServiceID", "Slot",
        "NodeID", "Status", "DesiredState",
    ]  # fmt: skip
    assert task["Spec"]["ContainerSpec"]["Env"][1] == "SERVICE=shop_web"
    assert list(task["Status"]) == [
        "Timestamp", "State", "Message", "ContainerStatus", "PortStatus",
    ]  # fmt: skip
    assert len(task["Status"]["ContainerStatus"]["ContainerID"]) == 64
    assert 950 < len(json.dumps(task, separators=(",", ":"))) < 1300


def test_a_waiting_task_has_no_node_and_says_why(peak: Engine) -> None:
    tasks = peak.get("/v1.41/tasks", filters={"service": ["ml_trainer"]}).json
    waiting = [task for task in tasks if task["DesiredState"] == "running"]

    assert waiting
    for task in waiting:
        assert "NodeID" not in task
        assert task["Status"]["State"] == "pending"
        assert task["Status"]["Err"].startswith("no suitable node (insufficient resources on ")


def test_tasks_of_the_global_service_have_no_slot(peak: Engine) -> None:
    tasks = peak.get("/v1.41/tasks", filters={"service": ["metrics_agent"]}).json

    assert tasks
    assert all("Slot" not in task and task["NodeID"] for task in tasks)


def test_tasks_on_a_network_carry_it(peak: Engine) -> None:
    task = peak.get("/v1.41/tasks", filters={"service": ["edge_queue"]}).json[0]

    assert task["NetworksAttachments"][0]["Network"]["Spec"]["Name"] == "edge_default"
    assert len(json.dumps(task, separators=(",", ":"))) > 1500


def test_lists_are_in_the_order_of_ids(peak: Engine) -> None:
    for path in ("/nodes", "/services", "/tasks"):
        ids = [thing["ID"] for thing in peak.get(path).json]
        assert ids == sorted(ids)


def test_long_lists_can_be_split_between_objects(peak: Engine) -> None:
    body = peak.get("/tasks").body

    assert body.startswith(b'[{"ID":"')
    assert body.endswith(b"}]\n")
    assert body.count(b'"},{"ID":"') + body.count(b']},{"ID":"') + 1 == len(json.loads(body))


def test_services_tell_their_status_when_asked_by_a_client_new_enough(peak: Engine) -> None:
    counted = peak.get("/v1.41/services", status="true").json
    plain = peak.get("/v1.40/services", status="true").json

    assert sum(service["ServiceStatus"]["RunningTasks"] for service in counted) == 2000
    assert not any("ServiceStatus" in service for service in plain)
    assert not any("ServiceStatus" in service for service in peak.get("/services").json)


def test_a_status_that_is_no_boolean_is_refused(peak: Engine) -> None:
    answer = peak.get("/services", status="perhaps")

    assert answer.status == 400
    assert answer.message.startswith("invalid value for status: perhaps")


def test_one_service_is_found_by_name_id_and_beginning_of_an_id(peak: Engine) -> None:
    service = peak.get("/services/shop_web").json

    assert service["Spec"]["Name"] == "shop_web"
    assert peak.get(f"/services/{service['ID']}").json == service
    assert peak.get(f"/services/{service['ID'][:12]}").json == service


def test_one_task_is_found_by_id_name_and_beginning_of_an_id(peak: Engine) -> None:
    task = peak.get("/tasks", filters={"service": ["shop_web"]}).json[0]

    for wanted in (task["ID"], f"shop_web.{task['Slot']}.{task['ID']}", task["ID"][:12]):
        assert peak.get(f"/tasks/{wanted}").json == task


@pytest.mark.parametrize("kind", ["node", "service", "task"])
def test_what_is_not_there_is_not_found(peak: Engine, kind: str) -> None:
    answer = peak.get(f"/v1.41/{kind}s/nowhere-0")

    assert (answer.status, answer.message) == (404, f"{kind} nowhere-0 not found")


def test_a_name_that_several_nodes_have_is_ambiguous(peak: Engine) -> None:
    nodes = peak.get("/nodes", filters={"name": ["lynx-docker"]}).json
    answer = peak.get("/nodes/lynx-docker")

    assert answer.status == 400
    assert answer.message == f"node lynx-docker is ambiguous ({len(nodes)} matches found)"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"role": ["manager"]}, 3),
        ({"role": {"manager": True}}, 3),
        ({"role": ["manager", "worker"]}, 120),
        ({"name": ["mg"]}, 3),
        ({"name": ["mg0", "mg2"]}, 2),
        ({"name": ["MG"]}, 0),
        ({"membership": ["accepted"]}, 120),
        ({"membership": ["pending"]}, 0),
        ({"label": ["region=sgp1"]}, 13),
        ({"label": ["region=sgp1", "contributor"]}, 13),
        ({"label": ["region=nowhere"]}, 0),
        ({"node.label": ["region=ap-southeast-1"]}, 10),
    ],
)
def test_nodes_are_filtered(peak: Engine, filters: object, expected: int) -> None:
    assert len(peak.get("/v1.41/nodes", filters=filters).json) == expected


def test_nodes_are_filtered_by_the_beginning_of_their_ids(peak: Engine) -> None:
    first = peak.get("/nodes").json[0]

    assert peak.get("/nodes", filters={"id": [first["ID"][:10]]}).json == [first]


def test_services_are_filtered(peak: Engine) -> None:
    def names(**filters: list[str]) -> list[str]:
        services = peak.get("/services", filters=filters).json
        return sorted(service["Spec"]["Name"] for service in services)

    assert names(name=["shop_c"]) == ["shop_cart", "shop_checkout"]
    assert names(mode=["global"]) == ["metrics_agent"]
    assert names(label=["com.docker.stack.namespace=blog"]) == ["blog_comments", "blog_front"]
    assert names(runtime=["plugin"]) == []


def test_tasks_are_filtered_by_node_and_by_desired_state(peak: Engine) -> None:
    tasks = peak.get("/tasks").json
    node = next(task["NodeID"] for task in tasks if "NodeID" in task)

    of_node = peak.get("/tasks", filters={"node": [node]}).json
    gone = peak.get("/tasks", filters={"desired-state": ["shutdown"]}).json

    assert of_node == [task for task in tasks if task.get("NodeID") == node]
    assert gone == [task for task in tasks if task["DesiredState"] == "shutdown"]
    assert peak.get("/tasks", filters={"node": ["mg0"]}).json == []


def test_tasks_are_filtered_by_the_beginning_of_their_names(peak: Engine) -> None:
    tasks = peak.get("/tasks", filters={"name": ["shop_web.7."]}).json

    assert {task["Slot"] for task in tasks} == {7}


@pytest.mark.parametrize("path", ["/nodes", "/services", "/tasks"])
def test_an_unknown_filter_is_refused(peak: Engine, path: str) -> None:
    answer = peak.get(path, filters={"colour": ["red"]})

    assert (answer.status, answer.message) == (400, "invalid filter 'colour'")


@pytest.mark.parametrize("text", ["{", "[]", '{"name":"mg0"}', "7"])
def test_filters_that_are_no_filters_are_refused(peak: Engine, text: str) -> None:
    answer = peak.get("/nodes", filters=text)

    assert (answer.status, answer.message) == (400, "invalid filter")


def test_words_that_no_filter_knows_are_errors_of_the_engine(peak: Engine) -> None:
    role = peak.get("/nodes", filters={"role": ["boss"]})
    state = peak.get("/tasks", filters={"desired-state": ["happy"]})

    assert (role.status, role.message) == (500, "Invalid role filter: 'boss'")
    assert (state.status, state.message) == (500, "Invalid desired-state filter: 'happy'")


def test_tasks_of_a_service_that_is_not_there_are_not_found(peak: Engine) -> None:
    answer = peak.get("/tasks", filters={"service": ["nowhere"]})

    assert (answer.status, answer.message) == (404, "service nowhere not found")


def test_info_tells_the_cluster_and_no_tokens(peak: Engine) -> None:
    info = peak.get("/v1.41/info").json
    swarm = info["Swarm"]

    assert swarm["LocalNodeState"] == "active"
    assert swarm["ControlAvailable"] is True
    assert swarm["Error"] == ""
    assert (swarm["Nodes"], swarm["Managers"]) == (120, 3)
    assert len(swarm["Cluster"]["ID"]) == 25
    assert swarm["NodeID"] == peak.get("/nodes/mg0").json["ID"]
    assert {peer["Addr"] for peer in swarm["RemoteManagers"]} == {
        "10.0.0.1:2377", "10.0.0.2:2377", "10.0.0.3:2377",
    }  # fmt: skip
    assert "Token" not in json.dumps(info)


def test_the_join_tokens_are_not_given(peak: Engine) -> None:
    answer = peak.get("/v1.41/swarm")

    assert answer.status == 403
    assert "SWMTKN" not in answer.message


def test_the_ingress_network_is_there(peak: Engine) -> None:
    networks = peak.get("/v1.41/networks").json

    assert [network["Name"] for network in networks] == ["ingress"]
    assert peak.get("/networks/ingress").json == networks[0]
    assert peak.get("/networks/nix").status == 404


def test_held_time_gives_the_same_bytes_each_time(peak: Engine) -> None:
    for path in ("/nodes", "/services?status=1", "/tasks", "/info"):
        first, second = peak.get(path), peak.get(path)
        assert first.body == second.body
        assert first.headers["Date"] == second.headers["Date"] == "Sun, 22 Nov 2026 19:07:30 GMT"
