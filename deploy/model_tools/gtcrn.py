"""Adds to the GTCRN network what sherpa-onnx wants to know about its transform."""

from pathlib import Path

import onnx
from onnx import helper


def convert(model_file: Path, target: Path) -> None:
    """Writes `model.onnx` into the folder `target`.

    The transform is that of Rong et al., GTCRN: A Speech Enhancement Model Requiring Ultralow Computational
    Resources (ICASSP 2024): 512 points, square root of a Hann window, half overlap, at 16 kHz.
    """
    model = onnx.load(model_file)
    shapes = {value.name: [axis.dim_value for axis in value.type.tensor_type.shape.dim] for value in model.graph.input}
    metadata: dict[str, object] = {
        "model_type": "gtcrn", "version": 1, "sample_rate": 16000,
        "n_fft": 512, "window_length": 512, "hop_length": 256, "window_type": "hann_sqrt",
    }
    for name in ("conv_cache", "tra_cache", "inter_cache"):
        metadata[f"{name}_shape"] = ",".join(map(str, shapes[name]))
    helper.set_model_props(model, {key: str(value) for key, value in metadata.items()})
    onnx.save(model, target / "model.onnx")
