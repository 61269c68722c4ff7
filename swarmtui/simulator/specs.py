"""Specs of services, tasks and networks, as the Engine API spells them."""

from typing import Any

from swarmtui.simulator.catalogue import Demand, ServicePlan

Json = dict[str, Any]
"""An object of the Engine API, before it is encoded."""

_RESERVATIONS: dict[Demand, Json] = {
    Demand.NOTHING: {"Reservations": {"MemoryBytes": 4 << 20}},
    Demand.MEMORY: {"Reservations": {"MemoryBytes": 64 << 30}},
    Demand.GPU_LABEL: {"Reservations": {"MemoryBytes": 4 << 20}},
}


def service_spec(plan: ServicePlan, replicas: int, network_id: str) -> Json:
    """Return the spec of a service that wants `replicas`."""
    spec: Json = {
        "Name": plan.full_name,
        "Labels": {
            "com.docker.stack.image": plan.image,
            "com.docker.stack.namespace": plan.stack,
        },
        "TaskTemplate": {**task_spec(plan), "Runtime": "container"},
        "Mode": {"Global": {}} if plan.is_global else {"Replicated": {"Replicas": replicas}},
        "UpdateConfig": {
            "Parallelism": 10,
            "FailureAction": "continue",
            "MaxFailureRatio": 0,
            "Order": "stop-first",
        },
        "EndpointSpec": {"Mode": "vip"},
    }
    if plan.has_network:
        spec["Networks"] = [{"Target": network_id, "Aliases": [plan.name]}]
    return spec


def task_spec(plan: ServicePlan) -> Json:
    """Return the spec of a service's tasks."""
    return {
        "ContainerSpec": {
            "Image": plan.image,
            "Labels": {"com.docker.stack.namespace": plan.stack},
            "Args": ["serve", "--listen", ":8080", "--log-format", "json"],
            "Env": [
                "TZ=UTC",
                f"SERVICE={plan.full_name}",
                f"STACK={plan.stack}",
                "EVENT=swarm2k",
                "LOG_LEVEL=info",
                "REPORT_TO=http://metrics_scrape:9090/push",
            ],
            "StopGracePeriod": 10_000_000_000,
            "Isolation": "default",
        },
        "Resources": _RESERVATIONS[plan.demand],
        "RestartPolicy": {"Condition": "any", "Delay": 5_000_000_000, "MaxAttempts": 0},
        "Placement": {"Constraints": _constraints(plan)},
        "ForceUpdate": 0,
    }


def network(stack: str, network_id: str, subnet: int, created_at: str) -> Json:
    """Return a stack's overlay network, as tasks attached to it carry it."""
    ipam = {
        "Driver": {"Name": "default"},
        "Configs": [{"Subnet": f"10.{subnet}.0.0/15", "Gateway": f"10.{subnet}.0.1"}],
    }
    vxlan = {"com.docker.network.driver.overlay.vxlanid_list": str(4000 + subnet)}
    return {
        "ID": network_id,
        "Version": {"Index": 4000 + subnet},
        "CreatedAt": created_at,
        "UpdatedAt": created_at,
        "Spec": {
            "Name": f"{stack}_default",
            "Labels": {"com.docker.stack.namespace": stack},
            "DriverConfiguration": {"Name": "overlay"},
            "IPAMOptions": ipam,
            "Scope": "swarm",
        },
        "DriverState": {"Name": "overlay", "Options": vxlan},
        "IPAMOptions": ipam,
    }


def _constraints(plan: ServicePlan) -> list[str]:
    if plan.demand is Demand.GPU_LABEL:
        return ["node.role==worker", "node.labels.gpu==true"]
    return ["node.role==worker"]
