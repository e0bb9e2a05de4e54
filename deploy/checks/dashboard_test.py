"""Every text of the page is in texts.ts. Biome sees those between tags (noJsxLiterals); these checks, that it still does, and
those in attributes."""
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "Services/Dashboard"
BIOME = ROOT / "var/browser-venv/bin/biome"
# Attributes that people read or hear.
READ = re.compile(r"""\b(title|label|detail|alt|placeholder|aria-label|aria-description)=\{?["'`](?!\$\{)[^"'`]*[A-Za-z]""")


class TextsTest(unittest.TestCase):
    def test_no_attribute_has_a_text_of_its_own(self):
        self.assertTrue(READ.search('<Field label="Name">') and READ.search("<p title={`of ${name}`}>"))
        found = [
            f"{path.relative_to(PAGE)}:{number}: {line.strip()}"
            for path in sorted((PAGE / "Source").rglob("*.tsx"))
            for number, line in enumerate(path.read_text().splitlines(), 1)
            if READ.search(line)
        ]
        self.assertEqual(found, [])

    @unittest.skipUnless(BIOME.exists(), "deploy/test installs biome")
    def test_a_text_between_tags_is_an_error(self):
        with tempfile.TemporaryDirectory(dir=PAGE) as folder:
            for text, status in (("<p>{texts.retry}: </p>", 0), ("<p>Try again</p>", 1)):
                pathlib.Path(folder, "Part.tsx").write_text(f"export const part = {text};\n")
                run = subprocess.run([BIOME, "lint", folder], cwd=PAGE, capture_output=True, text=True)
                self.assertEqual(run.returncode, status, run.stdout + run.stderr)
                self.assertEqual("noJsxLiterals" in run.stdout + run.stderr, status == 1)


if __name__ == "__main__":
    unittest.main()
