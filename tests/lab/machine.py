"""Pretend machines: namespaces joined by a switch, gone with the process that made them."""

import os
import signal
import subprocess
from pathlib import Path

from tests.lab import processes
from tests.lab.claim import MARKER, Claim
from tests.lab.errors import LabError

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NAMESPACES = ("--net", "--uts", "--mount", "--pid")
DYING_TOGETHER = ("--fork", "--kill-child", "--mount-proc")

HOST_ADDRESS = 1
"""Last part of the address that this machine, with the tests, has in the subnet."""


class Namespace:
    """A network, a host name, mounts and processes of their own, until closed.

    A `cat` in there holds them. It reads from a pipe of ours, so it ends when we do, however that
    happens; and as it is the init of its process namespace, everything in there ends with it.
    """

    def __init__(self, name: str, *, base: str) -> None:
        self.name = name
        self._programs: list[Program] = []
        # Nothing of the caller's environment: DOCKER_HOST and proxies would change the engines.
        self._environment = {"PATH": SYSTEM_PATH, "HOME": "/root", MARKER: base}
        self._holder = subprocess.Popen(
            # --ignore-signal=CHLD: orphans must be reaped. A dead containerd that lingers as a
            # zombie passes for a live one, and dockerd would not start another.
            ["unshare", *NAMESPACES, *DYING_TOGETHER, "env", "--ignore-signal=CHLD", "cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            env=self._environment,
            start_new_session=True,
        )
        self._await_holder()
        self.pid = processes.children_of(self._holder.pid)[0]

    def run(self, *command: str, stdin: str = "") -> str:
        """Run a command in there to its end and return what it printed."""
        done = subprocess.run(
            self._entering(command),
            input=stdin,
            capture_output=True,
            check=False,
            text=True,
            env=self._environment,
        )
        if done.returncode:
            raise LabError(f"{self.name}: {' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def start(self, *command: str, log: Path) -> "Program":
        """Start a command in there, which appends what it prints to `log`."""
        with log.open("ab") as output:
            entered = subprocess.Popen(
                self._entering(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment,
                start_new_session=True,
            )
        program = Program(entered)
        self._programs.append(program)
        return program

    def close(self) -> None:
        """Kill everything in there."""
        # Programs first: a namespace ends with its last process, and a stopped nsenter would not
        # let go of its dead child.
        for program in self._programs:
            program.kill()
        for pipe in (self._holder.stdin, self._holder.stdout):
            if pipe:
                pipe.close()
        self._holder.wait(20)

    def _await_holder(self) -> None:
        """Wait until `cat` echoes a line: everything is in place by then."""
        assert self._holder.stdin
        assert self._holder.stdout
        self._holder.stdin.write(b"ready\n")
        answer = os.read(self._holder.stdout.fileno(), 1000)
        if answer != b"ready\n":
            self.close()
            raise LabError(f"{self.name}: no namespaces: {answer.decode(errors='replace').strip()}")

    def _entering(self, command: tuple[str, ...]) -> list[str]:
        # Not `ip netns exec`: it remounts /sys and hides the cgroups.
        return ["nsenter", *NAMESPACES, f"--target={self.pid}", "--", *command]


class Program:
    """A program that runs in a namespace, seen from outside through the `nsenter` it came by."""

    def __init__(self, entered: subprocess.Popen[bytes]) -> None:
        self._entered = entered

    @property
    def pid(self) -> int:
        """Return the program's pid as this machine counts, or raise LabError when it has ended."""
        pids = processes.children_of(self._entered.pid)
        if not pids:
            raise LabError(f"{self._entered.args!r} has ended")
        return pids[0]

    def is_running(self) -> bool:
        """Tell whether the program has not ended; a stopped one has not."""
        return self._entered.poll() is None

    def freeze(self) -> None:
        """Stop the program where it is."""
        processes.send(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the program go on."""
        processes.send(self.pid, signal.SIGCONT)
        # nsenter stops itself with its child.
        processes.send(self._entered.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill the program and its direct children, and wait for its end."""
        if self.is_running():
            pids = processes.children_of(self._entered.pid)
            below = [child for pid in pids for child in processes.children_of(pid)]
            for victim in [*pids, *below]:
                processes.send(victim, signal.SIGKILL)
            # nsenter is stopped as long as its child is.
            processes.send(self._entered.pid, signal.SIGCONT)
        self._entered.wait(20)


class Switch(Namespace):
    """What the machines of a lab are plugged into; one more cable leads to this machine.

    It is in a namespace too: the firewall of this machine, which a docker at home may have set to
    drop what is bridged, has no say there.
    """

    def __init__(self, claim: Claim) -> None:
        super().__init__("switch", base=claim.base)
        self._claim = claim
        self.run("ip", "-batch", "-", stdin="link add bridge type bridge\nlink set bridge up\n")
        self._connect_this_machine()

    def plug(self, machine: Namespace, *, last: int) -> str:
        """Plug a machine in and return its address, of which `last` is the last part."""
        address = self._claim.address(last)
        _run_ip(
            f"link add eth0 netns {machine.pid} type veth peer name {machine.name} netns {self.pid}"
        )
        self.set_port(machine.name, up=True)
        machine.run(
            "ip",
            "-batch",
            "-",
            stdin=f"link set lo up\naddress add {address}/24 dev eth0\nlink set eth0 up\n",
        )
        return address

    def set_port(self, name: str, *, up: bool) -> None:
        """Take a machine's cable out, or put it in."""
        self.run("ip", "link", "set", name, "master", "bridge", "up" if up else "down")

    def _connect_this_machine(self) -> None:
        name = self._claim.name
        _run_ip(f"link add {name} type veth peer name uplink netns {self.pid}")
        _run_ip(f"address add {self._claim.address(HOST_ADDRESS)}/24 dev {name}")
        _run_ip(f"link set {name} up")
        self.set_port("uplink", up=True)


class Machine(Namespace):
    """One host on the switch."""

    def __init__(self, name: str, *, claim: Claim, switch: Switch, last: int) -> None:
        super().__init__(name, base=claim.base)
        self.run("hostname", name)
        # Sockets of containerd's shims and sshd's folder: below /run whatever one asks for.
        self.run("mount", "-t", "tmpfs", "tmpfs", "/run")
        self._switch = switch
        self.address = switch.plug(self, last=last)
        self.is_cut = False

    def cut(self) -> None:
        """Take the cable out: packets vanish, nobody is told."""
        self._switch.set_port(self.name, up=False)
        self.is_cut = True

    def mend(self) -> None:
        """Put the cable back."""
        self._switch.set_port(self.name, up=True)
        self.is_cut = False


def _run_ip(arguments: str) -> None:
    done = subprocess.run(["ip", *arguments.split()], capture_output=True, check=False, text=True)
    if done.returncode:
        raise LabError(f"ip {arguments}: {done.stderr.strip()}")
