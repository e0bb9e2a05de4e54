"""Measures the studio against its peers in one run and prints the table.

    deploy/bench [--runs 3] [--quick] [line…]

A line is a module of lines/: normalize, convert, small_files, http_get, event_streams, job_road, upload, build, tokens,
dashboard, and the groups gateway with gateway.calls and so on, audio with audio.transcription and so on, video with video.scenes,
video.frames, video.transcode and video.assemble, and analytics with analytics.queries and so on. Without names, all but build,
tokens, dashboard and the groups run. Rounds of the studio and its peers alternate and medians are shown. Nothing here is a test:
figures depend on the machine, the ratios much less.
"""

import argparse
import concurrent.futures
import importlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

from studio import ROOT, Studio
from table import markdown

HERE = pathlib.Path(__file__).resolve().parent
LINES = ("normalize", "convert", "small_files", "http_get", "event_streams", "job_road", "upload")


class Bench:
    """What the lines share: folders, the peers' programs, and one running studio."""

    def __init__(self, runs, quick):
        self.runs, self.quick, self.folder, self.venv = runs, quick, ROOT / "var/bench", ROOT / "var/bench-venv/bin"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.operations = pathlib.Path(tempfile.mkdtemp(prefix="operations-", dir=self.folder))
        self._studio = None

    def studio(self):
        self._studio = self._studio or Studio(self.folder / "studio")
        return self._studio

    def side_by_side(self, work, items):
        """Does work on two cores at once and returns the results in order: for quality, where only CPU time is looked at."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(work, items))

    def peer(self, name):
        return HERE / "peers" / name

    def compiled(self, name, *libraries):
        """A peer in C, compiled with the system's compiler."""
        program = (self.folder / name).with_suffix("")
        if not program.exists() or program.stat().st_mtime < self.peer(name).stat().st_mtime:
            subprocess.run(["gcc", "-O2", "-o", program, self.peer(name), *libraries], check=True)
        return program

    def close(self):
        shutil.rmtree(self.operations, ignore_errors=True)
        if self._studio:
            self._studio.close()


def main():
    parser = argparse.ArgumentParser(
        prog="deploy/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="less material, for a first look")
    parser.add_argument("lines", nargs="*", default=LINES, metavar="line")
    options = parser.parse_args()
    bench, rows = Bench(options.runs, options.quick), []
    try:
        for name in options.lines:
            print(f"bench: {name}", file=sys.stderr, flush=True)
            rows += importlib.import_module(f"lines.{name}").run_lines(bench)
    finally:
        bench.close()
        if rows:
            print(markdown(rows))


main()
