"""Scenarios of what jobs make besides recordings: pictures, videos and texts; of a job that takes its time; and of the pictures of the
pages."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.request

# Seconds that real work on media may take on a busy machine.
PATIENCE = 300
# A picture has its pixels; a video can be played from its middle; a text is there to be read.
SHOWN = {
    "image": "return document.querySelector('img.picture')?.naturalWidth > 0",
    "video": """const video = document.querySelector('video.picture');
        if (!video || video.readyState < 2) return false;
        if (video.currentTime === 0) video.currentTime = video.duration / 2;
        return !video.seeking && video.videoWidth === 160 && Math.abs(video.currentTime / video.duration - 0.5) < 0.2""",
    "text": "return [...document.querySelectorAll('pre.document')].every(text => text.textContent.length > 10)",
}

TEXTS = "return [...document.querySelectorAll('pre.document')].map(text => text.textContent)"
# The bar, and what is written around it.
PROGRESS = "const bar = document.querySelector('main progress'); return bar && [bar.value, bar.closest('.card').innerText]"
# Where `deploy/models` has installed it.
WHISPER = pathlib.Path(__file__).parents[3] / "var/models/whisper-base"
# How often the page has asked for the job itself.
ASKED = """return performance.getEntriesByType('resource')
    .filter(e => new URL(e.name).pathname === arguments[0]).length"""


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *map(str, arguments)], check=True, timeout=PATIENCE)


def film(path):
    """Four seconds of two scenes, with sound."""
    scenes = [part for name in ("testsrc2", "mandelbrot") for part in ("-f", "lavfi", "-i", f"{name}=s=320x180:r=25")]
    ffmpeg(*scenes, "-f", "lavfi", "-i", "sine=d=4", "-filter_complex", "[0]trim=duration=2[a];[1]trim=duration=2[b];[a][b]concat",
           "-t", 4, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", path)  # fmt: skip
    return path


def stored(browser, path, key):
    """Uploads a file past the page."""
    headers = {
        "Authorization": f"Bearer {key}", "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{path.name}"',
    }  # fmt: skip
    with urllib.request.urlopen(urllib.request.Request(browser.url + "/files", path.read_bytes(), headers), timeout=60) as answer:
        return json.loads(answer.read())["id"]


def begun(browser, ask, operation, file, parameters):
    """Begins a job and shows its page."""
    service = operation.split("/")[0]
    made = json.loads(ask("POST", f"/{operation}", {"input": file, "parameters": parameters}))
    browser.go(f"jobs/{service}/{made['id']}")
    return f"/{service}/jobs/{made['id']}"


def results(browser, ask, key):
    """What a job makes is shown as what it is, and downloaded as it is; while a job runs, its page follows it."""
    browser.sign_in(key)
    folder = pathlib.Path(browser.downloads)
    ffmpeg("-t", 3, "-i", browser.recording, folder / "words.wav")
    video, words = (stored(browser, path, key) for path in (film(folder / "film.mp4"), folder / "words.wav"))
    for kind, operation, file, parameters, count in [
        ("image", "video/sheet", video, {"columns": 2, "rows": 2, "width": 400}, 1),
        ("video", "video/transcode", video, {"width": 160, "speed": "ultrafast"}, 1),
        ("text", "video/scenes", video, {"formats": "json,csv,edl"}, 3),
        ("text", "audio/transcribe", words, {"formats": "document,srt,vtt,text"}, 4),
    ]:
        if operation == "audio/transcribe" and not (WHISPER.exists() or os.environ.get("AVSTUDIO_REQUIRE_CLIENTS")):
            continue
        path = begun(browser, ask, operation, file, parameters)
        browser.one("[data-job-state=succeeded]", PATIENCE)
        shown = lambda count=count: len(browser.all("img.picture, video.picture, pre.document")) == count
        browser.wait(f"what {operation} made", lambda kind=kind: shown() and browser.driver.execute_script(SHOWN[kind]))
        assert not browser.accessibility(), (operation, browser.accessibility())
        browser.phone(320)
        assert browser.overflow() <= 0, (operation, browser.overflow())
        browser.desk()
        files = json.loads(ask("GET", path))["result"]["files"]
        assert len(files) == count, files
        for file in files:
            kept = folder / file["name"]
            browser.click(f"Download: {kept.name}")
            browser.wait(kept.name, lambda kept=kept, size=file["size"]: kept.exists() and kept.stat().st_size == size)
            assert "sha256:" + hashlib.sha256(kept.read_bytes()).hexdigest() == file["digest"], file
        if kind == "text":
            # They are read as they are.
            texts = [(folder / file["name"]).read_text() for file in files]
            assert browser.driver.execute_script(TEXTS) == [text[:20_000] for text in texts], texts
    follows(browser, ask, key, folder)


def follows(browser, ask, key, folder):
    """A long film takes a while: how far that is, what is being done and that the page hears of it are shown, until it is
    cancelled."""
    ffmpeg("-stream_loop", 40, "-i", folder / "film.mp4", "-c", "copy", folder / "long.mp4")
    browser.driver.execute_script("performance.clearResourceTimings()")
    slowly = {"codec": "h265", "speed": "veryslow"}
    path = begun(browser, ask, "video/transcode", stored(browser, folder / "long.mp4", key), slowly)
    seen = {}
    browser.one("main progress")

    def values():
        bar, card = browser.driver.execute_script(PROGRESS) or (0, "0 %")
        percent, stage = re.search(r"(\d+) %(?: · (.*))?", card).groups()
        assert bar == int(percent), (bar, card)
        if 0 < int(percent) < 100 and stage and "Live" in card and "Running" in card:
            seen[int(percent)] = card
        return len(seen) >= 3

    browser.wait("how far it is, three times", values, PATIENCE)
    assert list(seen) == sorted(seen), seen
    assert browser.driver.execute_script(ASKED, path) == 1, "the page asks again, and does not hear of it"
    browser.click("Cancel the job")
    browser.one("[data-job-state=cancelled]", PATIENCE)
    assert json.loads(ask("GET", path))["state"] == "cancelled"
    assert not browser.all("main progress") and "Why it failed" not in browser.text(), browser.text()
    browser.button("Run again")


def pictures(browser, ask, key):
    """The README's pictures of the pages can be taken, of a studio with a past; none is wider than the phone."""
    here, folder = pathlib.Path(__file__).parent, browser.downloads / "pictures"

    def run(program, *words):
        subprocess.run([sys.executable, "-B", here / program, browser.url, key, *words], check=True, timeout=2 * PATIENCE)

    run("history.py", browser.recording, film(browser.downloads / "film.mp4"))
    names = ["sign-in", "overview", "figure", "alerts", "job-audio", "job-video"]
    run("pictures.py", folder, *names)
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.png")}
    assert sizes.keys() == {f"{name}-{look}.png" for name in names for look in ("light", "dark", "phone")}, sizes
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in folder.glob("*.png")) and min(sizes.values()) > 10_000, sizes
