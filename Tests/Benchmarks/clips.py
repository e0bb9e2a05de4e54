"""Makes the set of real speech with transcripts that quality is measured on: `python3 clips.py [folder]`, default var/clips.

The clips are in Debian packages, pinned by version and SHA-256: the telephone prompts of Asterisk (professional
speakers, five languages, 16 kHz G.722, CC BY-SA 3.0), and LibriVox sentences and spoken cards from PocketSphinx'
tests. Writes 16 kHz WAV files and `clips.tsv`: file, language, seconds, transcript.
"""

import gzip
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path

import debian_packages

_SOUNDS = "1.6.1-1"
PACKAGES = {
    ("asterisk-core-sounds-en", _SOUNDS): "973e797d28e37fa6ca3c0a9d6fa717e77cf1268ae916bf09fd3503113cdffa50",
    ("asterisk-core-sounds-en-g722", _SOUNDS): "38c5261820b406dcb0ecb37675720da2b0864850690690352ca52707eb623806",
    ("asterisk-core-sounds-es", _SOUNDS): "9afdab7f559f036649fb406e625899306ca1004df8ebe39c30bfbd5912d66f74",
    ("asterisk-core-sounds-es-g722", _SOUNDS): "e4e3b4281057d3b81b779298fd6be705f57411513955c518eed1bcaabbd615b8",
    ("asterisk-core-sounds-fr", _SOUNDS): "04c82c78c570c43a7136cbc5e2488d0c470b775468dff9fbce4a131b18cf1056",
    ("asterisk-core-sounds-fr-g722", _SOUNDS): "7add61d5e42279ecff1bbdf842a5a946ac3644fac9a0fe44384731aa7270c8e0",
    ("asterisk-core-sounds-it", _SOUNDS): "3884d9457e12f21caa018c18f0d587df5d53ebea14b673d8453a134c5941ab3b",
    ("asterisk-core-sounds-it-g722", _SOUNDS): "46b4cf7afc508a5fcfc051b7ea233251c0d195dd4ef83cc4b7facb4c6429b016",
    ("asterisk-core-sounds-ru", _SOUNDS): "28a61616bb0cd3345a7ea532dec4df9f071e5d0fa9f8c1a563ea9669002f39ab",
    ("asterisk-core-sounds-ru-g722", _SOUNDS): "673b4238a6b8269960f055d868c6a11083f7a0d00979167cb01554046b48ed9b",
    ("pocketsphinx-testdata", "0.8+5prealpha+1-15"): "eaeb7a01d54f20b799d1a81ef110ec544b2cb47ea006614078220737a33019f0",
}
_VOICES = {
    "en": "en_US_f_Allison",
    "es": "es_MX_f_Allison",
    "fr": "fr_CA_f_June",
    "it": "it_IT_m_Carlo",
    "ru": "ru_RU_f_IvrvoiceRU",
}
_FEWEST_WORDS = 6  # of a prompt: shorter ones are names of digits and letters


def _prompts(share: Path) -> Iterator[tuple[str, str, Path, str]]:
    """Name, language, file and transcript of the prompts that are whole phrases."""
    for language, voice in _VOICES.items():
        listing = share / "doc" / f"asterisk-core-sounds-{language}" / f"core-sounds-{language}.txt.gz"
        for line in gzip.decompress(listing.read_bytes()).decode().splitlines():
            name, _, text = line.partition(": ")
            sound = share / "asterisk" / "sounds" / voice / f"{name}.g722"
            if not line.startswith(";") and not set("[(*#") & set(text) and len(text.split()) >= _FEWEST_WORDS and sound.exists():
                yield f"{language}-{name.replace('/', '-')}", language, sound, text.strip()


def _sentences(share: Path) -> Iterator[tuple[str, str, Path, str]]:
    """The same of PocketSphinx' test data."""
    for listing, folder in (("librivox/transcription", "librivox"), ("cards/cards.transcription", "cards")):
        base = share / "pocketsphinx" / "test" / "data"
        for line in (base / listing).read_text().splitlines():
            text, _, name = line.rpartition("(")
            name = name.rstrip(") \n")
            yield f"en-{folder}-{name}", "en", base / folder / f"{name}.wav", text.replace("<s>", "").replace("</s>", "").strip()


def main(target: Path) -> None:
    """Writes the clips into `target`; does nothing when they are there."""
    listing = target / "clips.tsv"
    if not listing.exists():
        target.mkdir(parents=True, exist_ok=True)
        rows = []
        with tempfile.TemporaryDirectory() as folder:
            share = debian_packages.unpack(PACKAGES, Path(folder))
            for name, language, source, text in [*_prompts(share), *_sentences(share)]:
                kind = ["-f", "g722"] if source.suffix == ".g722" else []
                command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *kind, "-i", str(source)]
                command += ["-ar", "16000", "-ac", "1", "-c:a", "pcm_s16le", "-bitexact", str(target / f"{name}.wav")]
                subprocess.run(command, check=True)
                with wave.open(str(target / f"{name}.wav")) as clip:
                    rows.append(f"{name}.wav\t{language}\t{clip.getnframes() / 16000:.2f}\t{text}\n")
        listing.write_text("".join(rows))
    print(listing)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "var" / "clips")
