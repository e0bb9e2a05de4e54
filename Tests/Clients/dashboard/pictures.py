"""Takes a picture of each page of the dashboard: light, dark, and on a phone. It fails, with all pictures
taken, where a page is wider than the phone or logs something. `history.py` gives a studio something to show.

usage: pictures.py <url> <key> <folder> [page…]
"""

import pathlib
import sys
import tempfile

from browser import Browser

url, key, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
folder.mkdir(parents=True, exist_ok=True)
PLACES = {
    "overview": "", "jobs": "jobs", "new-job": "jobs/new", "scripts": "scripts", "script": "scripts/audio.normalize",
    "costs": "costs", "alerts": "alerts", "access": "access", "settings": "settings", "figure": "overview/errors",
}  # fmt: skip
wanted = sys.argv[4:] or [*PLACES, "job-audio", "job-video", "sign-in"]

wrong = []

with tempfile.TemporaryDirectory() as downloads, Browser(url, downloads) as browser:
    def shoot(name):
        for look, scheme in (("light", "light"), ("dark", "dark"), ("phone", "light")):
            browser.scheme(scheme)
            browser.settle()
            path = folder / f"{name}-{look}.png"
            browser.picture(path, 360, 2) if look == "phone" else browser.picture(path)
            if look == "phone" and (over := browser.overflow()) > 0:
                wrong.append(f"{name}: {over} px wider than the phone")
        browser.desk()

    if "sign-in" in wanted:
        browser.open()
        browser.one("input[name=key]")
        shoot("sign-in")
    browser.sign_in(key)
    for name, place in PLACES.items():
        if name in wanted:
            browser.go(place)
            browser.settle()
            shoot(name)
    for name, operation in (("job-audio", "audio.normalize"), ("job-video", "video.sheet")):
        if name in wanted:
            browser.go("jobs")
            browser.click(operation)
            browser.one("[data-job-state=succeeded]", 300)
            browser.wait("the player", lambda: browser.all(".waveform[data-ready=true]") or browser.all("img.picture"))
            shoot(name)
    wrong += browser.console()
sys.exit("\n".join(wrong) or None)
