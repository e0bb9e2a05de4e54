"""The recordings that the benchmarks work on, made once from the studio's own sample."""

import subprocess

from studio import ROOT

FFMPEG = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y"]
WAV = ["-ar", "48000", "-c:a", "pcm_s16le", "-bitexact", "-f", "wav"]


def _make(folder, name, arguments):
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        subprocess.run([*FFMPEG, *arguments, *WAV, partial], check=True)
        partial.rename(path)
    return path


def _talk(folder):
    path = folder / "sample.wav"
    subprocess.run([ROOT / "deploy/sample", path], check=True, stdout=subprocess.DEVNULL)
    return path


def quiet(folder):
    """Ten minutes of speech over music near -27 LUFS, the level moving slowly: most of it stays far below full scale."""
    level = "volume='0.75+0.25*sin(2*PI*t/97)':eval=frame"
    return _make(folder, "quiet.wav", ["-stream_loop", "-1", "-i", _talk(folder), "-t", "600", "-af", level])


def loud(folder):
    """The same, driven and limited like a loud master: peaks near full scale all the time."""
    drive = "volume=20dB,alimiter=limit=0.95:level=false"
    return _make(folder, "loud.wav", ["-i", quiet(folder), "-af", drive])


def shorts(folder, count=16, seconds=10):
    """Pieces of the quiet recording."""
    source = quiet(folder)
    return [
        _make(folder, f"short-{index:02}.wav", ["-ss", str(index * 31), "-t", str(seconds), "-i", source]) for index in range(count)
    ]


def numbered(folder, number):
    """The quiet recording with another last sample for each number: the same work, but no result that was kept from before."""
    path = folder / f"quiet-{number}.wav"
    if not path.exists():
        data = bytearray(quiet(folder).read_bytes())
        data[-2:] = (number + 1).to_bytes(2, "little")
        path.write_bytes(data)
    return path
