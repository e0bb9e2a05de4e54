"""Scenarios of new jobs: files that are chosen or dropped, and the form of every operation."""

import hashlib
import json

from selenium.webdriver.support.select import Select

# What the form of the chosen operation asks for.
FIELDS = """
    for (const part of document.querySelectorAll('form.new-job details')) part.open = true;
    const shown = [...document.querySelectorAll('form.new-job .fields [name]')];
    return shown.map(e => ({
        name: e.name, kind: e.type, required: e.required, least: e.min, most: e.max,
        label: [...e.labels].map(label => label.textContent.trim()).join(), visible: e.checkVisibility(),
        isSeen: getComputedStyle(e).webkitTextSecurity === 'none', options: e.options ? [...e.options].map(o => o.value) : null,
        help: (e.getAttribute('aria-describedby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent).join(),
    }));
"""


def field(browser, name):
    return browser.one(f"[name={name}]")


def upload(browser, path):
    browser.one("input[type=file]").send_keys(str(path))
    browser.says("Uploaded")


def drop(browser, selector, path):
    """Drags a file from the desktop to the middle of what is selected, as a hand would, and lets it go."""
    box = browser.one(selector).rect
    place = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.driver.execute_cdp_cmd("Input.dispatchDragEvent", {
            "type": kind, "x": place[0], "y": place[1], "data": {"items": [], "files": [str(path)], "dragOperationsMask": 1},
        })  # fmt: skip
        if kind == "dragOver" and selector == ".drop":
            browser.one(".drop.over")


def drops(browser, ask, key):
    """Files that are dropped are uploaded, also two at once; one that misses the place does not take the page away."""
    browser.sign_in(key)
    browser.go("jobs/new")
    browser.one(".drop")
    wanted = {}
    for number in (1, 2):
        path = browser.downloads / f"dropped-{number}.wav"
        path.write_bytes(browser.recording.read_bytes() + bytes(2 * number))
        wanted[path.name] = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        drop(browser, ".drop", path)
    names = lambda: [e.text for e in browser.all(".chosen-file") if "Uploaded" in e.text]
    browser.wait("both uploads", lambda: len(names()) == 2)
    assert not browser.all(".drop.over")
    drop(browser, "h1", path)
    stored = {file["name"]: file["digest"] for file in json.loads(ask("GET", "/files?limit=10"))["files"]}
    assert {name: stored.get(name) for name in wanted} == wanted, (wanted, stored)
    assert len(names()) == 2 and browser.driver.current_url.endswith("#/jobs/new"), browser.driver.current_url


def forms(browser, ask, key):
    """Every operation of the studio has a form with a labelled field for every parameter of its published schema."""
    browser.sign_in(key)
    browser.go("jobs/new")
    published = {}
    for service in ("audio", "video"):
        for operation in json.loads(ask("GET", f"/{service}/operations"))["operations"]:
            if ".bench-" not in operation["name"]:
                published[operation["name"]] = operation
    assert len({name.split(".")[0] for name in published}) == 2 and len(published) > 20, published.keys()
    offered = Select(field(browser, "operation"))
    assert {option.get_attribute("value") for option in offered.options} == published.keys()
    wrong = []
    for name, operation in published.items():
        schema = operation["parameters"]
        Select(field(browser, "operation")).select_by_value(name)
        browser.says(operation["summary"])
        shown = {item["name"]: item for item in browser.driver.execute_script(FIELDS)}
        if shown.keys() != schema.get("properties", {}).keys():
            wrong.append((name, sorted(shown.keys() ^ schema.get("properties", {}).keys())))
        for parameter, rules in schema.get("properties", {}).items():
            if item := shown.get(parameter):
                wrong += [(name, parameter, what) for what in unlike(item, rules, parameter in schema.get("required", []))]
        wrong += [(name, found) for found in browser.accessibility()]
    assert not wrong, "\n".join(map(str, wrong))


def unlike(item, rules, is_required):
    """In what a field is not as the schema has its parameter."""
    kinds = rules["type"] if isinstance(rules.get("type"), list) else [rules.get("type")]
    if not item["label"] or not item["visible"]:
        yield "no label to be seen"
    if item["required"] != is_required:
        yield "required or not"
    if "description" in rules and rules["description"] not in item["help"]:
        yield "no word of what it is"
    if "enum" in rules:
        given = {str(value) for value in rules["enum"] if value not in (None, rules.get("default"))} | {""}
        if item["options"] is None or set(item["options"]) != given:
            yield f"the choice {item['options']} and not {given}"
    elif "boolean" in kinds:
        if item["options"] != ["", "true", "false"]:
            yield "no yes or no"
    elif {"number", "integer"} & set(kinds):
        shown = [float(text) if text else None for text in (item["least"], item["most"])]
        given = [float(rules[name]) if name in rules else None for name in ("minimum", "maximum")]
        if item["kind"] != "number" or shown != given:
            yield f"the range {shown} and not {given}"
    elif item["kind"] not in ("text", "textarea") or item["isSeen"] == (rules.get("format") == "password"):
        yield f"is a {item['kind']}, seen: {item['isSeen']}"


def form(browser, ask, key):
    """Wrong values are told where they are, before anything is sent and after; what fails says why."""
    browser.sign_in(key)
    browser.go("jobs/new")
    browser.click("Run")
    browser.says("Choose a file first.")
    path = browser.downloads / "not-audio.wav"
    path.write_bytes(b"this is no recording" * 100)
    upload(browser, path)
    browser.wait("nothing to be missed any more", lambda: "Choose a file first." not in browser.text())
    loudness = field(browser, "target_lufs")
    loudness.send_keys("3")
    browser.click("Run")
    browser.says("This must be between -60 and -5.")
    assert loudness.get_attribute("aria-invalid") == "true"
    loudness.clear()
    loudness.send_keys("-18")
    browser.click("Run")
    browser.one("[data-job-state=failed]", 60)
    browser.says("Why it failed")
    browser.button("Run again")

    browser.go("jobs/new")
    Select(field(browser, "operation")).select_by_visible_text("Effects")
    upload(browser, browser.recording)
    chain = field(browser, "chain")
    chain.send_keys('{"effects": [')
    browser.click("Run")
    browser.says("This is not valid JSON")
    chain.clear()
    chain.send_keys('{"effects": [{"type": "gain", "gain_db": 90}]}')
    browser.click("Run")
    # What only the studio knows comes back to the field.
    browser.wait("the studio's word", lambda: browser.all("[name=chain][aria-invalid]"))
    chain.clear()
    chain.send_keys('{"effects": [{"type": "gain", "gain_db": -6}]}')
    browser.click("Run")
    browser.one("[data-job-state=succeeded]", 60)
    browser.go("jobs")
    Select(browser.one(".page-tools select")).select_by_visible_text("Failed")
    browser.says("not-audio.wav")
    browser.wait("failed jobs alone", lambda: not browser.all("table .badge.good"))


def resume(browser, ask, key):
    """An upload is paused, goes on where it was, and outlives a broken line; so does the stream of what happens."""
    line = browser.line
    browser.sign_in(key)
    path = browser.downloads / "long.wav"
    path.write_bytes(browser.recording.read_bytes()[:44] + bytes(range(256)) * 24_000)
    browser.go("jobs/new")
    browser.one("input[type=file]").send_keys(str(path))

    def sent():
        return int(browser.one(".chosen-file progress").get_attribute("value"))

    browser.wait("some of it", lambda: sent() > 5)
    browser.click("Pause")
    browser.says("Paused")
    browser.click("Go on")
    browser.wait("more of it", lambda: sent() > 30)
    line.cut()
    browser.says("going on by itself")
    browser.says("Reconnecting…")
    line.mend()
    line.rate = None
    browser.says("Uploaded", 60)
    browser.one(".connection[data-state=live]", 60)
    [newest] = json.loads(ask("GET", "/files?limit=1"))["files"]
    assert newest["digest"] == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
