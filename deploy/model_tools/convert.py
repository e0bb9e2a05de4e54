"""Runs one converter and loads what it wrote: `python -m model_tools.convert CONVERTER SOURCE TARGET`.

SOURCE holds the files taken from the wheels, TARGET is an empty folder. Prints one JSON object: the files by the
part they play, and what else the converter learned about the model.
"""

import json
import shutil
import sys
import tarfile
from pathlib import Path

import onnx
import onnxruntime

from . import byte_pair, campplus, ggml_whisper, gtcrn, piper, pyannote, spleeter, whisper
from .whisper_source import WhisperSource

_MODEL = {"model": "model.onnx"}


def _only(source: Path, pattern: str) -> Path:
    """The one file of a pattern."""
    found = sorted(source.glob(pattern))
    if len(found) != 1:
        raise ValueError(f"{len(found)} files {pattern} in {source}, not one")
    return found[0]


def _whisper(source: Path, target: Path) -> dict:
    parts = sorted(source.glob("model.bin*"))
    if not parts:
        raise ValueError(f"no model.bin in {source}")
    return _sherpa_whisper(whisper.read_ctranslate2(parts, source / "config.json", source / "tokenizer.json"), target)


def _whisper_ggml(source: Path, target: Path) -> dict:
    return _sherpa_whisper(ggml_whisper.read(_only(source, "*")), target)


def _sherpa_whisper(model: WhisperSource, target: Path) -> dict:
    whisper.convert(model, target)
    files = {"encoder": "encoder.int8.onnx", "decoder": "decoder.int8.onnx", "tokens": "tokens.txt"}
    metadata = {item.key: item.value for item in onnx.load(target / files["encoder"]).metadata_props}
    multilingual = metadata["is_multilingual"] == "1"
    languages = metadata["all_language_codes"].split(",") if multilingual else ["en"]
    settings = {"multilingual": multilingual, "translate": multilingual, "mels": int(metadata["n_mels"])}
    return {"files": files, "languages": languages, "settings": settings}


def _piper(source: Path, target: Path) -> dict:
    model = _only(source, "*.onnx")
    piper.convert(model, _only(source, "*.onnx.json"), target)
    voice = json.loads((target / "voice.json").read_text())
    names = ("noise_scale", "length_scale", "noise_w")
    settings = {name: float(voice["inference"][name]) for name in names}
    settings |= {"espeak_voice": voice["espeak"]["voice"], "speakers": voice["num_speakers"]}
    weights = {"weights": piper.WEIGHTS} if (target / piper.WEIGHTS).exists() else {}
    return {
        "files": _MODEL | weights | {"tokens": "tokens.txt", "voice": "voice.json"}, "settings": settings,
        "languages": [voice["language"]["family"]], "sample_rate": voice["audio"]["sample_rate"],
    }


def _silero(source: Path, target: Path) -> dict:
    shutil.copy(_only(source, "*.onnx"), target / "silero_vad.onnx")
    return {"files": {"model": "silero_vad.onnx"}}


def _gtcrn(source: Path, target: Path) -> dict:
    gtcrn.convert(_only(source, "*.onnx"), target)
    return {"files": _MODEL}


def _pyannote(source: Path, target: Path) -> dict:
    pyannote.convert(source / "pytorch_model.bin", target)
    return {"files": _MODEL}


def _campplus(source: Path, target: Path) -> dict:
    campplus.convert(_only(source, "*.pt"), target)
    return {"files": _MODEL}


def _spleeter(source: Path, target: Path) -> dict:
    spleeter.convert(source / "model.index", source / "model.data-00000-of-00001", target)
    return {"files": {"vocals": "vocals.fp16.onnx", "accompaniment": "accompaniment.fp16.onnx"}}


def _deepfilternet(source: Path, target: Path) -> dict:
    archive = _only(source, "*.tar.gz")
    with tarfile.open(archive) as content:  # its own library reads the archive as it is; here it is only looked at
        names = {Path(name).name for name in content.getnames()}
    if lacking := {"enc.onnx", "erb_dec.onnx", "df_dec.onnx", "config.ini"} - names:
        raise ValueError(f"{archive.name} lacks {', '.join(sorted(lacking))}")
    shutil.copy(archive, target / "model.tar.gz")
    return {"files": {"model": "model.tar.gz"}}


def _byte_pair(source: Path, target: Path) -> dict:
    return {"files": byte_pair.convert(source, target)}


def _gguf(source: Path, target: Path) -> dict:
    model = _only(source, "*.gguf")
    with model.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ValueError(f"{model.name} is no GGUF file")
    shutil.copy(model, target / "model.gguf")
    return {"files": {"model": "model.gguf"}}


CONVERTERS = {
    "whisper": _whisper, "piper": _piper, "silero": _silero, "gtcrn": _gtcrn, "pyannote": _pyannote,
    "campplus": _campplus, "spleeter": _spleeter, "deepfilternet": _deepfilternet, "byte-pair": _byte_pair,
    "gguf": _gguf, "whisper-ggml": _whisper_ggml,
}


def main(converter: str, source: str, target: str) -> None:
    """Converts, then loads each ONNX file once as the studio will."""
    facts = CONVERTERS[converter](Path(source), Path(target))
    for path in sorted(Path(target).glob("*.onnx")):
        onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    print(json.dumps(facts))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (ValueError, OSError, KeyError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
