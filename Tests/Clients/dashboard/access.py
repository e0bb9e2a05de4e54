"""The scenario of keys and accounts."""

import datetime
import json
import time
import urllib.error

from browser import Browser
from sharing import PASSWORD, field


def access(browser, ask, key):
    """Keys are made, used, given a new secret and ended; people sign in, end what they left open, and are removed; who is locked out
    is back at the sign-in."""

    def is_taken(method, path, body=None, token=None):
        try:
            return bool(ask(method, path, body, token))
        except urllib.error.HTTPError as refusal:
            assert refusal.code == 401, refusal
            return False

    works = lambda token: is_taken("GET", "/me", token=token)
    laptop = f"laptop{time.time_ns()}"
    browser.open()
    field(browser, "key").send_keys("avs_wrong")
    browser.click("Sign in")
    browser.says("This is not a key that works.")
    field(browser, "key").clear()
    browser.sign_in(key)
    browser.go("access")
    browser.click("New key")
    field(browser, "name").send_keys(laptop)
    browser.click("Make the key")
    secret = browser.one(".secret").text
    browser.click("Close")
    assert json.loads(ask("GET", "/me", token=secret))["owner"] == "owner"
    browser.click("New user")
    name = f"mia{time.time_ns()}"
    field(browser, "name").send_keys(name)
    field(browser, "email").send_keys(f"{name}@example.org")
    field(browser, "password").send_keys(PASSWORD)
    browser.click("Make the account")
    browser.wait("the new user", lambda: any(name in row.text for row in browser.all("tbody tr")))

    browser.click("Sign out")
    browser.sign_in(secret)
    browser.go("access")
    browser.says("Administrators see users and the audit here.")
    [made] = [k for k in json.loads(ask("GET", "/keys"))["keys"] if k["name"] == laptop and k["state"] == "active"]
    # With another window its owner gives it a new secret, and ends it.
    with Browser(browser.url, browser.downloads) as other:
        other.sign_in(key)
        other.go("access")
        other.click(f"New secret: {laptop}")
        other.says("The old one works for another day.")
        other.one("dialog[open] .danger").click()
        rotated = other.one(".secret").text
        assert rotated != secret and rotated.split("_")[1] == secret.split("_")[1]
        other.click("Close")
        assert works(rotated) and works(secret)
        [until] = [k["previous_until"] for k in json.loads(ask("GET", "/keys"))["keys"] if k["id"] == made["id"]]
        left = datetime.datetime.fromisoformat(until) - datetime.datetime.now(datetime.timezone.utc)
        assert 23 < left.total_seconds() / 3600 <= 24, until
        other.click(f"End: {laptop}")
        other.click("Cancel")
        assert works(rotated)
        other.click(f"End: {laptop}")
        other.one("dialog[open] .danger").click()
        other.says("The key has ended.")
        row = lambda: next(row.text for row in other.all("tbody tr") if laptop in row.text)
        other.wait("its end", lambda: "Ended" in row() and "New secret" not in row())
        assert not works(rotated) and not works(secret)
    browser.go("jobs")
    browser.says("You were signed out")

    browser.click("With an account")
    field(browser, "email").send_keys(f"{name}@example.org")
    field(browser, "password").send_keys(PASSWORD)
    browser.click("Sign in")
    browser.one("nav.side")
    browser.says(name)
    token = browser.driver.execute_script("return JSON.parse(sessionStorage.getItem('avstudio.session')).token")
    # Elsewhere they are signed in too, and end that from here.
    person = {"email": f"{name}@example.org", "password": PASSWORD}
    elsewhere = json.loads(ask("POST", "/auth/login", person))["token"]
    browser.go("access")
    sessions = lambda: [e.text for e in browser.all(".plain-list li") if "ago" in e.text or "now" in e.text]
    browser.wait("both sessions", lambda: len(sessions()) == 2)
    assert len([text for text in sessions() if "this one" in text and "End" not in text]) == 1, sessions()
    assert works(elsewhere)
    [end] = [e for e in browser.all(".plain-list button") if e.text == "End"]
    # A button that is one of many like it says what it is for.
    assert end.get_attribute("aria-label").startswith("End: "), end.get_attribute("aria-label")
    end.click()
    browser.says("The session has ended.")
    browser.wait("one session", lambda: len(sessions()) == 1)
    assert works(token) and not works(elsewhere)
    browser.click("Sign out")
    browser.one("input[name=key]")
    assert not works(token), "the session goes on after sign-out"

    token = json.loads(ask("POST", "/auth/login", person))["token"]
    browser.click("With a key")
    browser.sign_in(key)
    browser.go("access")
    browser.click(f"Remove: {name}")
    browser.says(f"Remove the account of {name}?")
    browser.one("dialog[open] .danger").click()
    browser.says("The account is gone.")
    browser.wait("them to go", lambda: not any(name in row.text for row in browser.all("tbody tr")))
    assert not works(token)
    assert not is_taken("POST", "/auth/login", person, token=key), "who is removed signs in"
