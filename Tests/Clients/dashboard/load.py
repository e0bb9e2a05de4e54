"""Measures a first visit: bytes on the line, and the time until the figures can be read and used.

usage: load.py <url> <key>
"""

import json
import statistics
import sys
import tempfile

from browser import Browser

url, key = sys.argv[1:3]
WATCH = """
    window.blocked = 0;
    new PerformanceObserver(list => { for (const entry of list.getEntries()) window.blocked += entry.duration; })
        .observe({type: 'longtask', buffered: true});
    const look = () => {
        if (!document.querySelector('.tile-value')?.checkVisibility({visibilityProperty: true})) return requestAnimationFrame(look);
        // After this frame it is on the screen.
        setTimeout(() => { window.usable = performance.now(); });
    };
    requestAnimationFrame(look);
"""
SIZES = """
    const pieces = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    return pieces.filter(e => e.entryType === 'navigation' || e.name.includes('/assets/'))
        .reduce((sum, e) => sum + e.encodedBodySize, 0);
"""

with tempfile.TemporaryDirectory() as folder, Browser(url, folder) as browser:
    browser.sign_in(key)
    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    times, blocked = [], []
    for _ in range(5):
        browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
        browser.driver.refresh()
        times.append(browser.wait("the figures", lambda: browser.driver.execute_script("return window.usable")) / 1000)
        blocked.append(browser.driver.execute_script("return window.blocked") / 1000)
    browser.one("canvas")
    browser.settle()
    size = browser.wait("the charts", lambda: browser.driver.execute_script(SIZES))
    print(json.dumps({"bytes": size, "seconds": statistics.median(times), "blocked_seconds": statistics.median(blocked)}))
