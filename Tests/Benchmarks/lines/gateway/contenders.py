"""The gateway and its peers in front of one upstream, and the load that they get."""

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import time
import urllib.request

import litellm_environment
from measure import Servers
from nginx_static import wait_for_port
from studio import BINARIES, ROOT, principal

SECONDS = 4
UPSTREAM, PROXY, GATEWAY, NATS = 18280, 18281, 18282, 18283
SMG_PORTS, LITELLM_PORTS = (18284, 18285), (18286, 18287)
# What callers show where a key is wanted.
PEER_KEY = "sk-bench"

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


# A key, limits of calls and tokens, a budget and metrics: what LiteLLM has of them without a database of its own.
LITELLM = """
model_list:
  - model_name: bench
    litellm_params:
      {{model: openai/bench, api_base: "http://127.0.0.1:{upstream}/v1", api_key: none, rpm: 100000000, tpm: 100000000000,
       input_cost_per_token: 0.000000001, output_cost_per_token: 0.000000001}}
general_settings: {{master_key: {key}}}
litellm_settings: {{telemetry: false, callbacks: [prometheus]}}
router_settings:
  {{enable_pre_call_checks: true, routing_strategy: usage-based-routing-v2,
   provider_budget_config: {{openai: {{budget_limit: 1000000, time_period: 1d}}}}}}
"""
LITELLM_BARE = """
model_list:
  - model_name: bench
    litellm_params: {{model: openai/bench, api_base: "http://127.0.0.1:{upstream}/v1", api_key: none}}
litellm_settings: {{telemetry: false}}
"""
# smg has a key and a limit of calls for what it sends on over HTTP, and metrics and a line in its log for every call in any case.
SMG = ["--tenant-api-key", f"bench:{PEER_KEY}", "--rate-limit-tokens-per-second", "10000000"]
SMG_BARE = ["--policy", "round_robin", "--log-level", "error"]


@dataclasses.dataclass
class Contender:
    """Something that takes calls."""

    port: int
    servers: Servers
    script: pathlib.Path  # what wrk sends

    @property
    def pid(self):
        return self.servers.roots[0]


@contextlib.contextmanager
def process(command, port, **options):
    started = subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2),
        **options,
    )
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
        "master-key-file": folder / "master.key",
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


def script(folder, name, question, key="none"):
    path = folder / f"{name}.lua"
    path.write_text(
        f"wrk.method = 'POST'\nwrk.body = [==[{json.dumps(question)}]==]\n"
        f"wrk.headers['Content-Type'] = 'application/json'\nwrk.headers['Authorization'] = 'Bearer {key}'\n"
    )
    return path


@contextlib.contextmanager
def contenders(bench, names, question, upstream=None):
    """Starts the upstream and those that are named, of "nginx", "smg", "smg bare", "LiteLLM" and "LiteLLM bare". Gives a Contender by
    name, `direct` for the upstream itself.

    `upstream` is a program that listens on UPSTREAM; without one nginx gives ANSWER at once.
    """
    folder = pathlib.Path(bench.folder / "gateway")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        if upstream:
            servers = {"direct": (UPSTREAM, enter(process(upstream, UPSTREAM)))}
        else:
            servers = {"direct": (UPSTREAM, enter(nginx(folder, "mock", UPSTREAM, MOCK.format(answer=json.dumps(ANSWER)))))}
        if "nginx" in names:
            servers["nginx"] = PROXY, enter(nginx(folder, "proxy", PROXY, FORWARD))
        for name, port, options in (("smg", SMG_PORTS[0], SMG), ("smg bare", SMG_PORTS[1], SMG_BARE)):
            if name in names:
                command = [bench.venv / "smg", "launch", "--host", "127.0.0.1", "--port", port, "--prometheus-port", port + 100]
                command += ["--worker-urls", f"http://127.0.0.1:{UPSTREAM}", "--backend", "openai", *options]
                servers[name] = port, enter(process(command, port))
        for name, port, text in (("LiteLLM", LITELLM_PORTS[0], LITELLM), ("LiteLLM bare", LITELLM_PORTS[1], LITELLM_BARE)):
            if name in names:
                configuration = folder / f"{name}.yaml"
                configuration.write_text(text.format(upstream=UPSTREAM, key=PEER_KEY))
                command = [litellm_environment.program(), "--config", configuration, "--host", "127.0.0.1", "--port", port]
                environment = os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
                servers[name] = port, enter(process([*command, "--num_workers", 1], port, env=environment))
        own, key = enter(gateway(folder))
        servers["studio"] = GATEWAY, own
        yield {
            name: Contender(port, processes, script(folder, name, question, key if name == "studio" else PEER_KEY))
            for name, (port, processes) in servers.items()
        }


@dataclasses.dataclass
class Load:
    """What a load cost and how it was served."""

    count: int
    cpu: float  # microseconds a request
    latencies: dict  # seconds at the 50th and 99th percentile


def load(contender, connections, seconds=SECONDS):
    """Sends requests on so many connections for some seconds."""
    before = contender.servers.cpu()
    url = f"http://127.0.0.1:{contender.port}/v1/chat/completions"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "60s", "-s", contender.script, url]
    text = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(text)
    # What is written behind the calls belongs to them.
    time.sleep(0.4)
    count = int(re.search(r"(\d+) requests in", text)[1])
    scale = {"us": 1e-6, "ms": 1e-3, "s": 1}
    found = {share: re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", text) for share in (50, 99)}
    latencies = {share: float(match[1]) * scale[match[2]] for share, match in found.items()}
    return Load(count, (contender.servers.cpu() - before) / max(1, count) * 1e6, latencies)


def least_and_middle(values):
    """The minimum, and the median: on a busy machine the first is nearer the truth."""
    values = sorted(values)
    return values[0], values[len(values) // 2]
