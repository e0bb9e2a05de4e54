"""The layer check of Package.swift stops the build, and names the edge that is forbidden."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def dump(text):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "Package.swift").write_text(text)
        return subprocess.run(
            ["swift", "package", "--package-path", folder, "dump-package"], capture_output=True, text=True)


class LayersTest(unittest.TestCase):
    manifest = (ROOT / "Package.swift").read_text()

    def importing(self, module, imported):
        """The manifest with one more import."""
        start = self.manifest.index(f'name: "{module}",')
        place = self.manifest.index("imports: [", start) + len("imports: [")
        return self.manifest[:place] + f'"{imported}", ' + self.manifest[place:]

    def test_the_manifest_passes(self):
        self.assertEqual(dump(self.manifest).returncode, 0)

    def test_forbidden_edges_are_named(self):
        for module, imported in [("Persistence", "Jobs"), ("AudioAPI", "Media"), ("AudioCore", "GatewayCore"), ("Jobs", "CSQLite")]:
            with self.subTest(f"{module} imports {imported}"):
                result = dump(self.importing(module, imported))
                self.assertNotEqual(result.returncode, 0)
                self.assertIn("layer check", result.stderr)
                self.assertIn(imported, result.stderr)


if __name__ == "__main__":
    unittest.main()
