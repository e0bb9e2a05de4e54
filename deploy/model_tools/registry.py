"""The list of what is installed: `registry.json`, made from the models' own folders and the user's `models.d`."""

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# The files that each engine needs, by the part they play.
ROLES = {
    "sherpa-whisper": {"encoder", "decoder", "tokens"},
    "silero-vad": {"model"},
    "piper": {"model", "tokens", "voice"},
    "spleeter": {"vocals", "accompaniment"},
    "htdemucs": {"model"},
    "mdx": {"model"},
    "gtcrn": {"model"},
    "deepfilternet": {"model"},
    "pyannote": {"model"},
    "speaker-embedding": {"model"},
    "llama.cpp": {"model"},
    "byte-pair": {"o200k_base", "cl100k_base", "p50k_base", "r50k_base"},
}
_FOUR_STEMS = {"vocals", "drums", "bass", "other"}
NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
TASKS = {"transcribe", "vad", "speak", "separate", "denoise", "segment-speakers", "embed-speakers", "count-tokens", "chat"}
_KINDS = {
    "name": str, "task": str, "engine": str, "licence": str, "sample_rate": int, "files": dict, "languages": list, "settings": dict,
}
_OPTIONAL = {"languages": [], "settings": {}, "licence": "not stated"}


class EntryError(Exception):
    """An entry that can not be used, in words for whoever wrote it."""


@dataclass
class Registry:
    """What is installed, and what of the user's own can not be used."""

    models: list[dict]
    problems: list[dict[str, str]]


def checked(entry: object, folder: Path, prefix: Path) -> dict:
    """Returns a complete entry whose files exist; relative paths of `files` count from `folder`.

    Paths under the prefix become relative to it. Raises EntryError.
    """
    if not isinstance(entry, dict):
        raise EntryError("is not a JSON object")
    entry = _OPTIONAL | entry
    for key, kind in _KINDS.items():
        if key not in entry:
            raise EntryError(f"lacks \"{key}\"")
        if not isinstance(entry[key], kind):
            raise EntryError(f"\"{key}\" is not {'a number' if kind is int else 'a text' if kind is str else 'a ' + kind.__name__}")
    if unknown := set(entry) - set(_KINDS) - {"title", "size", "source"}:
        raise EntryError(f"has unknown keys: {', '.join(sorted(unknown))}")
    if not NAME.fullmatch(entry["name"]):
        raise EntryError(f"\"name\" is {entry['name']!r}, not small letters, digits, dots and hyphens")
    if entry["task"] not in TASKS:
        raise EntryError(f"\"task\" is {entry['task']}, not one of {', '.join(sorted(TASKS))}")
    if entry["engine"] not in ROLES:
        raise EntryError(f"\"engine\" is {entry['engine']}, not one of {', '.join(ROLES)}")
    roles = ROLES[entry["engine"]]
    if entry["engine"] == "spleeter" and "drums" in entry["files"]:
        roles = _FOUR_STEMS
    if missing := roles - set(entry["files"]):
        raise EntryError(f"\"files\" lacks {', '.join(sorted(missing))}")
    files, size = {}, 0
    for role, name in sorted(entry["files"].items()):
        path = Path(os.path.normpath(folder / str(name)))
        if not path.is_file() or path.stat().st_size == 0:
            raise EntryError(f"{role}: there is no file {path}")
        size += path.stat().st_size
        files[role] = str(path.relative_to(prefix) if path.is_relative_to(prefix) else path)
    return {"title": entry["name"]} | entry | {"files": files, "size": size}


def _load(path: Path, prefix: Path) -> dict:
    try:
        return checked(json.loads(path.read_text()), path.parent, prefix)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise EntryError(f"is not JSON: {error}") from error


def read(prefix: Path) -> Registry:
    """Looks at every `<name>/model.json` and `models.d/*.json` under the prefix. A user's entry replaces an installed one."""
    models: dict[str, dict] = {}
    problems = []
    installed = [(path, "installed") for path in sorted(prefix.glob("[!.]*/model.json"))]
    users = [(path, "user") for path in sorted(prefix.glob("models.d/*.json"))]
    for path, source in installed + users:
        try:
            entry = _load(path, prefix)
        except (EntryError, OSError) as error:
            problems.append({"file": str(path.relative_to(prefix)), "error": str(error)})
            continue
        models[entry["name"]] = entry | {"source": source, "entry": str(path.relative_to(prefix))}
    return Registry(list(models.values()), problems)


def write_whole(path: Path, text: str) -> None:
    """Replaces a file so that a reader sees the old or the new one, also after a loss of power."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def refresh(prefix: Path, installable: Iterable[str] = ()) -> Registry:
    """Reads everything and rewrites `registry.json` when it says something else.

    installable: the names that can be installed, for the services, which tell people so.
    """
    registry = read(prefix)
    content = {"version": 1, "models": registry.models, "problems": registry.problems, "installable": sorted(installable)}
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    path = prefix / "registry.json"
    if prefix.is_dir() and not (path.exists() and path.read_text() == text):
        write_whole(path, text)
    return registry
