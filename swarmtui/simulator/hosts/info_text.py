"""`docker info` as people read it, as far as the swarm and the machine go."""

from swarmtui.simulator.specs import Json


def info_text(info: Json) -> str:
    """Return the lines of `docker info` that say which engine this is and what swarm it is in."""
    lines = [
        "Client:",
        " Context:    default",
        " Debug Mode: false",
        "",
        "Server:",
        f" Containers: {info['Containers']}",
        f"  Running: {info['ContainersRunning']}",
        f" Server Version: {info['ServerVersion']}",
        *_swarm_lines(info["Swarm"]),
        f" Kernel Version: {info['KernelVersion']}",
        f" Operating System: {info['OperatingSystem']}",
        f" CPUs: {info['NCPU']}",
        f" Total Memory: {info['MemTotal'] / (1 << 30):.4g}GiB",
        f" Name: {info['Name']}",
        f" ID: {info['ID']}",
        "",
    ]
    return "\n".join(lines)


def _swarm_lines(swarm: Json) -> list[str]:
    lines = [f" Swarm: {swarm['LocalNodeState']}"]
    if swarm["LocalNodeState"] == "inactive":
        return lines
    lines.append(f"  NodeID: {swarm['NodeID']}")
    if swarm["Error"]:
        lines.append(f"  Error: {swarm['Error']}")
    lines.append(f"  Is Manager: {str(swarm['ControlAvailable']).lower()}")
    if swarm["ControlAvailable"]:
        lines.append(f"  Managers: {swarm['Managers']}")
        lines.append(f"  Nodes: {swarm['Nodes']}")
    lines.append(f"  Node Address: {swarm['NodeAddr']}")
    managers = sorted(manager["Addr"] for manager in swarm["RemoteManagers"] or ())
    return [*lines, "  Manager Addresses:", *(f"   {address}" for address in managers)]
