"""The gateway's own cost of a model call that is answered at once: CPU per request and added latency, against nginx as a plain
proxy and smg. Authentication, limits, a budget, the ledger and metrics are on; the peers have none of them."""

import contextlib
import json
import pathlib
import re
import shutil
import subprocess
import time
import urllib.request

from measure import Servers, memory
from nginx_static import wait_for_port
from studio import BINARIES, ROOT, principal
from table import ratio

SECONDS = 4
UPSTREAM, PROXY, PEER, GATEWAY, NATS = 18280, 18281, 18282, 18283, 18284

ANSWER = {
    "id": "chatcmpl-bench",
    "object": "chat.completion",
    "created": 1790000000,
    "model": "bench",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "word " * 80}, "logprobs": None, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 210, "completion_tokens": 80, "total_tokens": 290},
}
QUESTION = {"model": "bench", "max_tokens": 200, "messages": [{"role": "user", "content": "tell me " * 115}]}

NGINX = """
worker_processes 2;
daemon off;
pid {folder}/{name}.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 100000000;
    default_type application/json;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream models {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 100000000; }}
    server {{ listen 127.0.0.1:{port}; {locations} }}
}}
"""
MOCK = """
    location /v1/chat/completions {{ return 200 '{answer}'; }}
    location /v1/models {{ return 200 '{{"object":"list","data":[{{"id":"bench","object":"model","owned_by":"bench"}}]}}'; }}
    location / {{ return 200 '{{}}'; }}
"""
FORWARD = 'location / { proxy_pass http://models; proxy_http_version 1.1; proxy_set_header Connection ""; }'

MODELS = """
version: 1
providers:
  openai: {{protocol: openai, base_url: "http://127.0.0.1:{upstream}/v1", local: true}}
models:
  - {{id: bench, capabilities: [chat, streaming], quality: 50, context_window: 100000, maximum_output: 4096, token_family: estimate,
     deployments: [{{provider: openai, price: bench}}]}}
"""
PRICES = """
version: 1
currency: USD
source: https://example.com
source_date: 2026-11-21
prices:
  - {model: bench, input: 0.001, output: 0.001}
"""


@contextlib.contextmanager
def process(command, port, **options):
    started = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        wait_for_port(port, 60)
        yield Servers([started.pid])
    finally:
        started.terminate()
        started.wait(30)


def nginx(folder, name, port, locations):
    configuration = folder / f"{name}.conf"
    configuration.write_text(NGINX.format(folder=folder, name=name, upstream=UPSTREAM, port=port, locations=locations))
    return process(["/usr/sbin/nginx", "-p", folder, "-c", configuration, "-e", folder / "error.log"], port)


@contextlib.contextmanager
def gateway(folder):
    """A gateway with a budget that holds. Gives its processes and the owner key."""
    (folder / "models.yaml").write_text(MODELS.format(upstream=UPSTREAM))
    (folder / "pricing.yaml").write_text(PRICES)
    (folder / "identity.key").write_text("7" * 64)
    settings = {
        "http-port": GATEWAY,
        "nats-url": f"nats://127.0.0.1:{NATS}",
        "state-folder": folder / "state",
        "blob-folder": folder / "blobs",
        "identity-key-file": folder / "identity.key",
        "owner-key-file": folder / "owner.key",
        "models-file": folder / "models.yaml",
        "pricing-file": folder / "pricing.yaml",
        "model-calls-per-minute": 10_000_000,
    }
    words = [word for name, value in settings.items() for word in (f"--{name}", value)]
    with process([ROOT / "var/tools/bin/nats-server", "-a", "127.0.0.1", "-p", NATS], NATS):
        with process([BINARIES / "avstudio-gateway", "serve", *words], GATEWAY) as servers:
            key = (folder / "owner.key").read_text().strip()
            put("gateway/budgets/bench", {"scope": "key", "period": "day", "limit": "100000"}, {"Authorization": f"Bearer {key}"})
            rule = {"default": {"requests": 1_000_000, "window_seconds": 1}}
            limits = {"tiers": {"standard": rule, "owner": rule}}
            put("limits", limits, {"X-AVStudio-Principal": principal(folder / "identity.key")})
            yield servers, key


def put(path, document, headers):
    url = f"http://127.0.0.1:{GATEWAY}/{path}"
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(document).encode(), headers, method="PUT")).read()


def script(folder, name, key):
    path = folder / f"{name}.lua"
    path.write_text(
        f"wrk.method = 'POST'\nwrk.body = [==[{json.dumps(QUESTION)}]==]\n"
        f"wrk.headers['Content-Type'] = 'application/json'\nwrk.headers['Authorization'] = 'Bearer {key}'\n"
    )
    return path


def load(port, lua, servers, connections):
    """CPU microseconds of the servers for each request, and the latencies in seconds at the 50th and 99th percentile."""
    before = servers.cpu()
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "-s", str(lua), url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(text)
    time.sleep(0.3)
    count = int(re.search(r"(\d+) requests in", text)[1])
    scale = {"us": 1e-6, "ms": 1e-3, "s": 1}
    at = lambda share: (lambda found: float(found[1]) * scale[found[2]])(re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", text))
    return (servers.cpu() - before) / count * 1e6, at(50), at(99)


def run_lines(bench):
    folder = pathlib.Path(bench.folder / "gateway")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    rows = []
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        mock = enter(nginx(folder, "mock", UPSTREAM, MOCK.format(answer=json.dumps(ANSWER))))
        contenders = {"nginx": (PROXY, enter(nginx(folder, "proxy", PROXY, FORWARD)), "none")}
        if (bench.venv / "smg").exists():
            command = [bench.venv / "smg", "launch", "--host", "127.0.0.1", "--port", PEER, "--worker-urls"]
            command += [f"http://127.0.0.1:{UPSTREAM}", "--policy", "round_robin", "--backend", "openai", "--log-level", "error"]
            contenders["smg"] = (PEER, enter(process(command, PEER)), "none")
        servers, key = enter(gateway(folder))
        contenders["gateway"] = (GATEWAY, servers, key)
        scripts = {name: script(folder, name, key) for name, (_, _, key) in contenders.items()}
        for connections in (32, 128):
            costs = {name: [] for name in contenders}
            for _ in range(bench.runs):
                for name, (port, processes, _) in contenders.items():
                    costs[name].append(load(port, scripts[name], processes, connections)[0])
            middle = {name: sorted(list_)[len(list_) // 2] for name, list_ in costs.items()}
            what = f"Model call of 1 KB, {connections} connections: CPU"
            rows.append(ratio(what, middle["gateway"], middle["nginx"], "µs", 5, "nginx proxy_pass"))
            if "smg" in middle:
                rows.append(ratio(what, middle["gateway"], middle["smg"], "µs", 0.4, "smg"))
        _, direct, direct99 = load(UPSTREAM, scripts["nginx"], mock, 1)
        ours = load(GATEWAY, scripts["gateway"], servers, 1)
        peer = load(PEER, scripts["smg"], contenders["smg"][1], 1) if "smg" in contenders else (0, direct, direct99)
        milliseconds = lambda latency, base: (latency - base) * 1000
        rows.append(
            ratio("Added to a call, 1 connection, p50", milliseconds(ours[1], direct), milliseconds(peer[1], direct), "ms", 1, "smg"))
        rows.append(
            ratio("Added to a call, 1 connection, p99", milliseconds(ours[2], direct99), milliseconds(peer[2], direct99), "ms", 1, "smg"))
        print(f"gateway: {memory(servers.roots[0], 'VmRSS') / 1e6:.0f} MB resident")
    return rows
