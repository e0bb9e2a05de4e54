"""Makes the set of real music that quality is measured on: `python3 music.py [folder]`, default var/music.

The pieces are the music of games, by many hands and of many kinds, from Debian packages pinned by version and SHA-256: orchestral
and electronic (asc-music, GPL), film-like (drascula-music, freely distributable), ambient (singularity-music, CC BY-SA), folk,
piano and choir (hyperrogue-music, CC BY-SA). Writes 44.1 kHz stereo WAV files of two and a half minutes at most.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import debian_packages

PACKAGES = {
    ("asc-music", "1.3-6"): "369f2d396adb8db9003ef73b797d529e284a7764a5ff4b59a50a4c8b9294da5f",
    ("drascula-music", "1.0+ds4-2"): "340e0beb1bacf005cbabebc07ebdd88adf6aee363d437f8a7d73cb0c77a93e79",
    ("hyperrogue-music", "12.0q-1"): "61ab9f4c2169442d85f42c42d26e80c1a18b93c741f3d44f1b9d83015904e7f7",
    ("singularity-music", "007-2"): "139ba1e408eeb0a72f1fff3760ca46558b9f81bed97dc8c0efa108c4007f4845",
}
PIECES = {
    "machine-wars": "games/asc/music/machine_wars.mp3",
    "time-to-strike": "games/asc/music/time_to_strike.mp3",
    "drascula-1": "scummvm/drascula/audio/track1.ogg",
    "drascula-5": "scummvm/drascula/audio/track5.ogg",
    "drascula-22": "scummvm/drascula/audio/track22.ogg",
    "hunting": "hyperrogue/music/hr-domina-hunting.ogg",
    "graveyard": "hyperrogue/music/hr3-graveyard.ogg",
    "jungle": "hyperrogue/music/hr3-jungle.ogg",
    "hell": "hyperrogue/music/hr3-hell.ogg",
    "palace": "hyperrogue/music/hr-savino-palace.ogg",
    "aberrations": "games/singularity/music/Aberrations.ogg",
    "nebula": "games/singularity/music/Nebula.ogg",
}
_SOUNDS = {"storm": "hyperrogue/sounds/storm.ogg", "steam": "hyperrogue/sounds/steamhiss.ogg"}
_SECONDS = 150


def main(target: Path) -> None:
    """Writes the pieces into `target`; does nothing when they are there."""
    everything = PIECES | _SOUNDS
    if all((target / f"{name}.wav").exists() for name in everything):
        return
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        share = debian_packages.unpack(PACKAGES, Path(folder))
        for name, source in everything.items():
            partial = target / f".{name}.wav"
            command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-i", share / source]
            command += ["-t", str(_SECONDS), "-ar", "44100", "-ac", "2", "-c:a", "pcm_s16le", "-bitexact", partial]
            subprocess.run(command, check=True)
            partial.rename(target / f"{name}.wav")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "var" / "music")
