"""LiteLLM's proxy in an environment of its own."""

import subprocess

from studio import ROOT

REQUIREMENTS = ROOT / "Tests/Benchmarks/litellm-requirements.txt"


def program():
    """The path of `litellm`; its environment is made when it is missing or older."""
    folder = ROOT / "var/litellm-venv"
    mark = folder / "requirements.txt"
    if not mark.exists() or mark.read_bytes() != REQUIREMENTS.read_bytes():
        subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", folder], check=True)
        pip = [folder / "bin/python", "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
        subprocess.run([*pip, "--requirement", REQUIREMENTS], check=True)
        mark.write_bytes(REQUIREMENTS.read_bytes())
    return folder / "bin/litellm"
