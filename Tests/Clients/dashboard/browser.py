"""Debian's Chromium, driven by Selenium: what the tests and the pictures of the page share."""

import base64
import json
import math
import os
import pathlib

import axe_playwright_python
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

# Every page, but the one of a job.
PAGES = ["", "jobs", "jobs/new", "scripts", "scripts/audio.normalize", "costs", "alerts", "access", "settings"]
AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# Selenium's own search for drivers asks the network; Debian's is there.
os.environ["SE_OFFLINE"] = "true"


class Browser:
    """One window with nothing stored."""

    def __init__(self, url, downloads, width=1360, height=900):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
                     "--disable-component-update", "--no-first-run", "--lang=en-US",
                     "--autoplay-policy=no-user-gesture-required", f"--window-size={width},{height}"):  # fmt: skip
            options.add_argument(flag)
        # Chromium's sandbox refuses to run as root; the page under test is the studio's own.
        if os.getuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
        self.url, self.driver = url, webdriver.Chrome(options, Service("/usr/bin/chromedriver"))
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
            window.policyBreaks = [];
            document.addEventListener('securitypolicyviolation',
                e => window.policyBreaks.push(e.violatedDirective + ' ' + e.blockedURI));
        """})  # fmt: skip

    def close(self):
        self.driver.quit()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # MARK: looking

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, what, condition, seconds=30):
        """Waits until the condition is neither false nor empty and gives it."""

        def ask(_):
            try:
                return condition()
            except StaleElementReferenceException:
                return None

        return WebDriverWait(self.driver, seconds, poll_frequency=0.1).until(ask, f"waited {seconds} s for {what}")

    def one(self, selector, seconds=30):
        return self.wait(selector, lambda: next(iter(self.all(selector)), None), seconds)

    def button(self, text):
        """The button or link with this text or label."""
        words = f"normalize-space(.)='{text}' or @aria-label='{text}'"
        path = f"//button[{words}] | //a[{words}] | //label[{words}] | //summary[{words}]"
        return self.wait(text, lambda: next((e for e in self.driver.find_elements(By.XPATH, path) if e.is_displayed()), None))

    def click(self, text):
        self.wait(f"a click on {text}", lambda: self.button(text).click() or True)

    def choose(self, choice, text):
        """Clicks one of the choices that stand side by side."""
        item = self.wait(text, lambda: next((e for e in self.all(f"{choice} label") if e.text == text), None))
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", item)
        item.click()

    def text(self):
        return self.driver.execute_script("return document.body.innerText")

    def says(self, text, seconds=30):
        return self.wait(text, lambda: text in self.text(), seconds)

    # MARK: going

    def open(self, place=""):
        self.driver.get(f"{self.url}/#/{place}")

    def go(self, place):
        self.driver.execute_script("location.hash = arguments[0]", "#/" + place)
        self.begun()

    def sign_in(self, key):
        self.open()
        self.one("input[name=key]").send_keys(key)
        self.click("Sign in")
        self.one("nav.side")
        self.begun()

    def begun(self):
        """Waits until nothing is held back any more for what is still being loaded above it."""
        shown = "const main = document.querySelector('main'); return main && !getComputedStyle(main).getPropertyValue('--begin')"
        self.wait("all of the page", lambda: self.driver.execute_script(shown))

    def settle(self):
        """Waits until nothing is being loaded."""
        self.wait("the page to settle", lambda: not self.all(".loading"))

    # MARK: ways of looking

    def phone(self, width=360, height=740):
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": True}
        )

    def desk(self):
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def scheme(self, name):
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.one(f"html[data-theme={name}]")

    def picture(self, path, width=1360, scale=1):
        """The whole page, however long it is, in a window as high as that."""
        look = {"width": width, "height": 10, "deviceScaleFactor": scale, "mobile": scale > 1}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", look)
        height = max(740, math.ceil(self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]["height"]))
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**look, "height": height})
        # A chart is drawn anew in the frame after its size has changed.
        self.driver.execute_async_script("setTimeout(arguments[0], 400)")
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {})
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    # MARK: judging

    def overflow(self):
        """How many pixels the page is wider than the window."""
        return self.driver.execute_script(
            "const e = document.documentElement; return Math.max(e.scrollWidth, document.body.scrollWidth) - e.clientWidth"
        )

    def accessibility(self):
        """What axe-core finds against WCAG 2.2 A and AA and good practice, in words."""
        if not self.driver.execute_script("return 'axe' in window"):
            self.driver.execute_script(AXE)
        found = self.driver.execute_async_script("""
            const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations), e => done([{id: String(e), nodes: []}]));
        """)
        return [f"{v['id']}: {n['html'][:160]} {(n['any'] or n['all'] or n['none'] or [{}])[0].get('message', '')}"
                for v in found for n in v["nodes"] or [{"html": "", "any": [], "all": [], "none": []}]]  # fmt: skip

    def policy_breaks(self):
        return self.driver.execute_script("return window.policyBreaks")

    def console(self):
        """What was logged since the last time."""
        return [f"{entry['level']}: {entry['message']}" for entry in self.driver.get_log("browser") if entry["level"] != "INFO"]

    def foreign_requests(self):
        """Requests to anywhere but the studio, since the last time."""
        found = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                if not url.startswith((self.url, "blob:", "data:")):
                    found.append(url)
        return found
