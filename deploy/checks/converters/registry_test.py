"""What users write into models.d."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from model_tools import registry  # noqa: E402 the path is set above


class RegistryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.prefix = pathlib.Path(folder.name)
        self.models = self.prefix / "models.d"
        self.models.mkdir()

    def read(self, engine, files):
        entry = {"name": "mine", "task": "separate", "engine": engine, "sample_rate": 44100}
        entry["files"] = {role: f"{role}.onnx" for role in files}
        for name in entry["files"].values():
            (self.models / name).write_text("x")
        (self.models / "mine.json").write_text(json.dumps(entry))
        return registry.refresh(self.prefix)

    def test_an_entry_needs_no_title(self):
        """The service reads one of every model; one that is missing would make all unknown."""
        found = self.read("htdemucs", ["model"])
        self.assertEqual(found.problems, [])
        self.assertEqual([(model["title"], model["size"]) for model in found.models], [("mine", 1)])

    def test_an_entry_says_where_it_is_from(self):
        """Who has a damaged model is told that file."""
        (model,) = self.read("htdemucs", ["model"]).models
        self.assertEqual((model["source"], model["entry"]), ("user", "models.d/mine.json"))

    def test_spleeter_has_two_stems_or_four(self):
        for files in (["vocals", "accompaniment"], ["vocals", "drums", "bass", "other"]):
            self.assertEqual(self.read("spleeter", files).problems, [])
        for files, lacking in ((["vocals"], "accompaniment"), (["vocals", "drums"], "bass, other")):
            self.assertIn(f"lacks {lacking}", self.read("spleeter", files).problems[0]["error"])


if __name__ == "__main__":
    unittest.main()
