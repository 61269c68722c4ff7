"""Find out whether the lab can run on this machine, and if not, why."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = {
    "dockerd": "docker.io",
    "containerd": "containerd",
    "runc": "runc",
    "docker": "docker.io or docker-cli",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "hostname": "hostname",
    "busybox": "busybox-static",
    "sshd": "openssh-server",
    "ssh-keygen": "openssh-client",
}
"""Programs that the lab runs, and the Debian packages that bring them."""

PROBE = "link add one type veth peer name two\nlink add three type bridge\n"


def find_obstacle() -> str | None:
    """Return the reason why the lab cannot run here, or `None` when it can."""
    if sys.platform != "linux":
        return f"the lab needs Linux, this is {sys.platform}"
    if os.geteuid() != 0:
        return "the lab needs root"
    missing = sorted({package for name, package in PACKAGES.items() if not shutil.which(name)})
    if missing:
        return f"the lab needs these packages: {', '.join(missing)}"
    return _find_missing_right() or _find_wrong_busybox()


def _find_missing_right() -> str | None:
    """Try what a container without privileges may not."""
    done = subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "ip", "-batch", "-"],
        input=PROBE,
        capture_output=True,
        check=False,
        text=True,
    )
    return f"the lab may not make namespaces: {done.stderr.strip()}" if done.returncode else None


def _find_wrong_busybox() -> str | None:
    """Run busybox where there is nothing else, as in a container of the lab."""
    with tempfile.TemporaryDirectory() as root:
        shutil.copy(shutil.which("busybox") or "", Path(root) / "busybox")
        done = subprocess.run(
            ["chroot", root, "/busybox", "true"], capture_output=True, check=False
        )
    return "the lab needs busybox-static: this busybox is not static" if done.returncode else None
