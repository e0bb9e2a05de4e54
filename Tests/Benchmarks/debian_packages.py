"""Debian packages as a source of recordings: fetched, checked and unpacked without being installed."""

import hashlib
import subprocess
import sys
from pathlib import Path


def unpack(packages: dict[tuple[str, str], str], target: Path) -> Path:
    """Unpacks packages, pinned by name, version and SHA-256, into `target`; returns the folder usr/share in it."""
    for (name, version), digest in packages.items():
        command = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", f"{name}={version}"]
        subprocess.run(command, cwd=target, check=True)
        archive = next(target.glob(f"{name}_*.deb"))
        if hashlib.sha256(archive.read_bytes()).hexdigest() != digest:
            sys.exit(f"{archive.name} is not the pinned one")
        subprocess.run(["dpkg-deb", "-x", str(archive), str(target)], check=True)
    return target / "usr" / "share"
