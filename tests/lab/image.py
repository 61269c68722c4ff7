"""Make an image without a registry: a static busybox in a tar, for `docker import`."""

import io
import shutil
import subprocess
import tarfile

from tests.lab.errors import LabError

NAME = "local/busybox:1"
COMMAND = 'CMD ["sleep", "86400"]'


def make_image_tar() -> bytes:
    """Return a root file system that holds busybox under each of its names."""
    busybox = shutil.which("busybox")
    if busybox is None:
        raise LabError("there is no busybox; is busybox-static installed?")
    names = subprocess.run([busybox, "--list"], capture_output=True, check=True, text=True).stdout
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(busybox, arcname="bin/busybox", filter=_owned_by_root)
        for name in set(names.split()) - {"busybox"}:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type = tarfile.SYMTYPE
            link.linkname = "busybox"
            tar.addfile(link)
        folder = tarfile.TarInfo("tmp")
        folder.type = tarfile.DIRTYPE
        folder.mode = 0o1777
        tar.addfile(folder)
    return archive.getvalue()


def _owned_by_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member
