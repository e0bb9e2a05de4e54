"""Whisper models in ggml's form are read as what they are, and other files are told. Run by the converters' Python."""

import base64
import pathlib
import struct
import tempfile
import unittest

import ggml_writer
import numpy as np
from model_tools import ggml_file, ggml_whisper

# sin(i² / 7) · (0.02 + i / 64) for i below 64, as ggml 0.13.1 itself quantises it.
MADE_BY_GGML = {
    "q4_0": "iio4aMnpyZeGmsn160QM5KkLA7BEvNQ8d9Uc+hTTdSfn1zQC",
    "q4_1": "4iqKtjhYyNm5l4aZyPXbRAvkqQv5L+66u0Mrw4gq4wTrLIrYGCjL/Q==",
    "q5_0": "iiaf1fxnYLCRw3IuDDOS+8eICNlDBwOsygCmMoh5t2fuqTnlKbb5Tc+deAQ=",
    "q5_1": "qSaKtp/V/GdgsIGyci4MI4H7xogIyUIGtyvuujX/Wc13dTeXAEXFCcY5BbEgUYb7",
    "q8_0": "lxoAAgkUE/PgGg3WNsRAxhQ1tNpGXzoSAxRGfGHCgWYjgQsgQbxExg82vNk5UjUWChc8XkHLq08OsGiSa6wLXp62Sn8=",
}
# Half a step of each form: the values of the second block reach 1.
STEPS = {"q4_0": 0.0626, "q4_1": 0.0626, "q5_0": 0.0313, "q5_1": 0.0313, "q8_0": 0.004}


class GGMLTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def written(self, name, kind, tensors):
        """A file that begins as a Whisper model's and holds some tensors: name, shape, type, bytes."""
        path = self.folder / name
        sizes = [51865, 1500, 32, 1, 1, 448, 32, 1, 1, 80, kind]
        content = struct.pack("<12i", ggml_file.MAGIC, *sizes) + struct.pack("<2i", 1, 1) + bytes(4) + struct.pack("<i", 0)
        for name, shape, kind, data in tensors:
            header = struct.pack(f"<{3 + len(shape)}i", len(shape), len(name), kind, *reversed(shape))
            content += header + name.encode() + data
        path.write_bytes(content)
        return path

    def test_what_ggml_quantised_is_read(self):
        index = np.arange(64, dtype=np.float64)
        values = np.sin(index * index / 7) * (0.02 + index / 64)
        for kind, text in MADE_BY_GGML.items():
            with self.subTest(kind):
                tensor = ("t", [2, 32], ggml_writer.TYPES[kind], base64.b64decode(text))
                read = ggml_file.read_file(self.written(kind, 2000 + ggml_writer.TYPES[kind], [tensor])).tensors["t"]
                self.assertEqual(read.shape, (2, 32))
                self.assertLess(np.abs(read.ravel() - values).max(), STEPS[kind])

    def test_a_model_in_half_precision_is_the_original(self):
        model = ggml_writer.source("whisper-base")
        path = self.folder / "ggml-base.bin"
        ggml_writer.write(model, "f16", path)
        self.assertEqual(path.stat().st_size, 147951465)  # of whisper.cpp's own ggml-base.bin
        read = ggml_whisper.read(path)
        for name, value in read.variables.items():
            self.assertTrue(np.array_equal(value, model.variables[name]), name)
        needed = {name for name in model.variables if name.startswith("encoder/") or "layer_" in name or "/weight" in name}
        self.assertEqual(needed - set(read.variables), {"decoder/projection/weight"})  # the embedding once more
        self.assertEqual(read.tokens, model.tokens)
        self.assertEqual(read.non_speech, model.non_speech)
        self.assertEqual(read.alignment_heads, model.alignment_heads)
        self.assertEqual(list(read.specials.values()), sorted(model.specials.values())[: len(read.specials)])
        self.assertEqual(set(read.specials) ^ set(model.specials), {"<|nospeech|>", "<|nocaptions|>"})  # two names of one

    def test_large_models_have_one_language_more(self):
        specials = ggml_whisper._specials(51866, 50257)
        self.assertEqual(specials["<|yue|>"], 50358)
        self.assertEqual(specials["<|notimestamps|>"], 50364)
        self.assertEqual(ggml_whisper._specials(51864, 50256)["<|notimestamps|>"], 50362)

    def test_sizes_of_their_own_are_aligned_by_the_upper_half(self):
        sizes = {"text_layers": 2, "text_heads": 20, "text_state": 1280, "mels": 80}
        self.assertEqual(ggml_whisper._alignment_heads(sizes, True), [(1, head) for head in range(20)])
        v3 = {"text_layers": 32, "text_heads": 20, "text_state": 1280, "mels": 128}
        self.assertEqual(ggml_whisper._alignment_heads(v3, True)[0], (7, 0))

    def test_other_files_are_told(self):
        whole = ("t", [1, 32], 8, bytes(34))
        cases = {
            "breaks off": self.written("cut", 2008, [("t", [2, 32], 8, bytes(60))]),
            "revision 1": self.written("old", 1008, [whole]),
            "type 14": self.written("kind", 2014, [("t", [1, 256], 14, bytes(210))]),
            "not a Whisper": self.written("other", 1, []),
            "text tokens": self.written("empty", 2008, [whole]),
        }
        content = bytearray(cases["not a Whisper"].read_bytes())
        content[40:44] = struct.pack("<i", 0)
        cases["not a Whisper"].write_bytes(content)
        for words, path in cases.items():
            with self.subTest(words), self.assertRaisesRegex(ValueError, words):
                ggml_whisper.read(path)

    def test_a_tensor_that_is_missing_is_named(self):
        model = ggml_writer.source("whisper-base")
        path = self.folder / "lacking.bin"
        ggml_writer.write(model, "q4_0", path)
        content = path.read_bytes()
        path.write_bytes(content.replace(b"decoder.ln.weight", b"decoder.ln.wooden"))
        with self.assertRaisesRegex(ValueError, "decoder.ln.weight"):
            ggml_whisper.read(path)


if __name__ == "__main__":
    unittest.main()
