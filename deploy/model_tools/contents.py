"""What a finished folder holds: written down when it is made, compared when it is asked whether it is whole."""

import hashlib
import json
from pathlib import Path

# The record itself and what is compared by other means.
_RECORD = "contents.json"
_OTHERS = {_RECORD, "fingerprint"}


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def record(folder: Path) -> None:
    """Writes down the size and the SHA-256 of every file under a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in _OTHERS)
    found = {str(path.relative_to(folder)): {"size": path.stat().st_size, "sha256": digest(path)} for path in files}
    (folder / _RECORD).write_text(json.dumps(found, indent=2) + "\n")


def fault(folder: Path, thorough: bool) -> str | None:
    """What is wrong with a folder, or None.

    thorough: compares every byte in place of the sizes; a folder without a record, of earlier tools, is then at fault too.
    """
    try:
        files = json.loads((folder / _RECORD).read_text())
        for name, known in files.items():
            path = folder / name
            if not path.is_file():
                return f"{name} is missing"
            if path.stat().st_size != known["size"] or (thorough and digest(path) != known["sha256"]):
                return f"{name} is damaged"
    except FileNotFoundError:
        return "it is not known to be whole" if thorough else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return "its record is damaged"
    return None
