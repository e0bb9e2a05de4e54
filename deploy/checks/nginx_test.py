"""The nginx configuration, run by the real nginx in front of stand-ins for the services."""

import gzip
import http.client
import http.server
import itertools
import json
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIGEST = "ab" * 32
DENIAL = '{"type":"urn:avstudio:problem:%s","status":%d,"code":"%s"}'


PAGE = tempfile.TemporaryDirectory(prefix="avstudio-page-")


def setUpModule():
    subprocess.run([ROOT / "deploy/dashboard", f"{PAGE.name}/html"], check=True, capture_output=True)


def tearDownModule():
    PAGE.cleanup()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class StandIn(http.server.BaseHTTPRequestHandler):
    """A service that answers with what it was sent."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def echo(self):
        size = int(self.headers.get("Content-Length") or 0)
        received = 0
        while received < size:
            received += len(self.rfile.read(min(1 << 16, size - received)))
        headers = [[name.lower(), value] for name, value in self.headers.items()]
        document = {
            "method": self.command,
            "path": self.path,
            "headers": headers,
            "received": received,
            "service": self.server.name,
        }
        self.answer(200, json.dumps(document).encode(), [("Content-Type", "application/json"), ("RateLimit", "upstream's own")])

    def authorize(self):
        self.server.asked.append(dict(self.headers.items()))
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if key == "good":
            rate = [("RateLimit", '"default";r=9;t=30'), ("RateLimit-Policy", '"default";q=10;w=60')]
            return self.answer(204, headers=[("X-AVStudio-Principal", "signed"), *rate])
        code, status = {"": ("missing-key", 401), "busy": ("too-many-requests", 429)}.get(key, ("forbidden", 403))
        wait = [("Retry-After", "7")] if status == 429 else []
        challenge = [("WWW-Authenticate", "Bearer")] if status == 401 else []
        refusal = [("X-AVStudio-Denial", DENIAL % (code, status, code)), ("X-AVStudio-Denial-Status", str(status))]
        self.answer(401 if status == 401 else 403, headers=[*refusal, *wait, *challenge])

    def events(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        events = [b"data: 1\n\n", b"data: 2\n\n"]
        is_chunked = self.headers["X-Framing"] == "chunked"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
            events = [b"%x\r\n%s\r\n" % (len(event), event) for event in events] + [b"0\r\n\r\n"]
        else:
            self.send_header("Content-Length", str(sum(map(len, events))))
        self.end_headers()
        # Each is sent when the one before has arrived: what is kept back for more never comes.
        for index, event in enumerate(events):
            if index > 0 and not self.server.arrived.acquire(timeout=10):
                self.close_connection = True
                return
            self.wfile.write(event)
            self.wfile.flush()

    def do(self):
        if self.path == "/internal/authorize":
            return self.authorize()
        if self.path == f"/files/{DIGEST}/content":
            redirect = [("X-Accel-Redirect", f"/internal/blobs/objects/ab/{DIGEST}"), ("Content-Type", "audio/wav")]
            return self.answer(200, headers=[*redirect, ("Content-Disposition", 'attachment; filename="a.wav"')])
        if self.headers.get("Accept") == "text/event-stream":
            return self.events()
        if self.path == "/audio/denied":
            return self.answer(403, b'{"code":"own"}', [("Content-Type", "application/problem+json")])
        if self.path == "/audio/large":
            return self.answer(200, b'{"x":"' + b"y" * 4000 + b'"}', [("Content-Type", "application/json")])
        if self.path == "/audio/redirect":
            return self.answer(200, b"{}", [("X-Accel-Redirect", f"/internal/blobs/objects/ab/{DIGEST}")])
        self.echo()

    do_OPTIONS = do_GET = do_POST = do_PATCH = do_DELETE = do_HEAD = do_PUT = do


class Service(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, name):
        super().__init__(("127.0.0.1", 0), StandIn)
        self.name, self.asked, self.arrived = name, [], threading.Semaphore(0)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Nginx:
    """One nginx, rendered from the template into a folder of its own."""

    def __init__(self, gateway, audio, video=9, analytics=9, alerting=9, rate=10000, burst=10000, connections=256):
        self.folder = tempfile.TemporaryDirectory(prefix="avstudio-nginx-")
        self.var = pathlib.Path(self.folder.name)
        for name in ("log", "run", "nginx", f"blobs/objects/{DIGEST[:2]}"):
            (self.var / name).mkdir(parents=True)
        (self.var / "blobs/objects/ab" / DIGEST).write_bytes(bytes(range(256)) * 16)
        self.port = free_port()
        user = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
        values = {
            "USER": user, "VAR": self.var, "HTML": f"{PAGE.name}/html", "LISTEN": "127.0.0.1", "PORT": self.port,
            "GATEWAY": f"127.0.0.1:{gateway}", "AUDIO": f"127.0.0.1:{audio}", "VIDEO": f"127.0.0.1:{video}",
            "ANALYTICS": f"127.0.0.1:{analytics}", "ALERTING": f"127.0.0.1:{alerting}",
            "BLOBS": self.var / "blobs", "RATE": rate, "BURST": burst, "CONNECTIONS": connections,
        }  # fmt: skip
        arguments = [ROOT / "deploy/render", ROOT / "nginx/nginx.conf.in", *(f"{name}={value}" for name, value in values.items())]
        self.configuration = self.var / "nginx.conf"
        self.configuration.write_bytes(subprocess.run(arguments, check=True, capture_output=True).stdout)
        command = ["/usr/sbin/nginx", "-p", self.var, "-c", self.configuration, "-e", self.var / "log/nginx-error.log"]
        self.check = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)
        if self.check.returncode != 0:
            raise AssertionError(self.check.stderr)
        self.process = subprocess.Popen([*command, "-g", "daemon off;"])
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.01)
        raise AssertionError("nginx does not listen")

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.folder.cleanup()

    def request(self, method, path, body=None, key="good", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            fields["Authorization"] = f"Bearer {key}"
        connection.request(method, path, body, fields)
        response = connection.getresponse()
        response.content = response.read()
        connection.close()
        return response

    def raw(self, data):
        with socket.create_connection(("127.0.0.1", self.port), 10) as s:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := s.recv(65536):
                answer += chunk
        return answer


class NginxTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.services = [Service(name) for name in ("gateway", "audio", "video", "analytics", "alerting")]
        cls.gateway, cls.audio, *_ = cls.services
        cls.nginx = Nginx(*(service.server_port for service in cls.services))

    @classmethod
    def tearDownClass(cls):
        cls.nginx.close()
        for service in cls.services:
            service.shutdown()
            service.server_close()

    def seen(self, response):
        document = json.loads(response.content)
        return document, dict(document["headers"])

    def problem(self, response, status, code):
        self.assertEqual(response.status, status)
        self.assertEqual(response.headers["Content-Type"], "application/problem+json")
        self.assertEqual(json.loads(response.content)["code"], code)
        self.assertEqual(json.loads(response.content)["status"], status)

    def form(self, response, status, kind, code=None):
        """Checks a refusal in OpenAI's form, or without `code` in Anthropic's."""
        self.assertEqual(response.status, status)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        document = json.loads(response.content)
        self.assertEqual(document["error"]["type"], kind)
        self.assertTrue(document["error"]["message"])
        if code:
            self.assertEqual(document["error"]["code"], code)
        else:
            self.assertEqual((document["type"], document["request_id"]), ("error", response.headers["X-Request-Id"]))

    def test_configuration_has_no_complaints(self):
        self.assertNotIn("[warn]", self.nginx.check.stderr.replace('the "user" directive makes sense only', ""))

    def test_paths_reach_their_service(self):
        for path, service in {
            "/files": "gateway", "/files/x/content": "gateway", "/keys": "gateway", "/limits/a": "gateway", "/audit?a=1": "gateway",
            "/me": "gateway", "/me/sessions": "gateway", "/organisations/o/members/u": "gateway", "/users/u": "gateway",
            "/invitations": "gateway", "/webhooks/w/deliveries": "gateway", "/auth/logout": "gateway",
            "/hooks": "gateway", "/hooks/hook_0": "gateway", "/hooks/hook_0/deliveries?limit=5": "gateway",
            "/audio": "audio", "/audio/normalize": "audio", "/audio/jobs/j": "audio",
            "/video": "video", "/video/scenes": "video", "/video/jobs/j": "video", "/video/batches/b/archive": "video",
            "/api/metrics/today": "analytics", "/api/kpis/cost/rows?days=7": "analytics", "/api/people/me": "analytics",
            "/api/alerts": "alerting", "/api/alerts/silences/s": "alerting", "/api/heartbeats/nightly": "alerting", "/api/v2/silences": "alerting",
        }.items():  # fmt: skip
            document, _ = self.seen(self.nginx.request("GET", path))
            self.assertEqual((document["service"], document["path"]), (service, path))
        for path in ("/filesystem", "/mean", "/authority", "/webhooksx", "/hooksx", "/internal/hooks/hook_0", "/audiobook", "/videos", "/api", "/api/metricsx", "/metrics", "/gateway/metrics", "/internal/authorize", "/internal/problem",
                     f"/internal/blobs/objects/ab/{DIGEST}"):  # fmt: skip
            self.problem(self.nginx.request("GET", path), 404, "not-found")

    def test_a_browser_asks_without_a_key_whether_it_may_ask(self):
        for path in ("/api/metrics", "/api/pipelines/events", "/api/pipelines/nightly/events"):
            response = self.nginx.request("OPTIONS", path, key=None, X_AVStudio_Principal="forged")
            document, headers = self.seen(response)
            self.assertEqual((document["service"], response.status), ("analytics", 200))
            self.assertNotIn("x-avstudio-principal", headers)
        self.problem(self.nginx.request("GET", "/api/pipelines/events", key=None), 401, "missing-key")
        self.problem(self.nginx.request("GET", "/api/metrics/today", key=None), 401, "missing-key")

    def test_pages_elsewhere_can_read_why_they_are_refused(self):
        def readers(path, status, **request):
            response = self.nginx.request("POST", path, **request)
            self.assertEqual(response.status, status, path)
            return response.headers.get_all("Access-Control-Allow-Origin")

        for key, status in {None: 401, "busy": 429, "bad": 403}.items():
            self.assertEqual(readers("/api/metrics?days=1", status, key=key), ["*"])
            for path in ("/audio/x", "/api/alerts", "/api/v2/alerts", "/files"):
                self.assertIsNone(readers(path, status, key=key), path)
        self.assertEqual(readers("/api/metrics", 413, body=bytes((1 << 20) + 1)), ["*"])
        # Who may read its answers the service says itself.
        self.assertIsNone(readers("/api/metrics", 200, body=b"{}"))

    def test_identity_is_the_gateways_word_alone(self):
        response = self.nginx.request(
            "POST", "/audio/x", b"{}", X_AVStudio_Principal="forged", X_AVStudio_Denial="x", X_API_Key="secret", X_Original_URI="/y",
            X_Forwarded_For="1.2.3.4", X_Request_Id="mine")  # fmt: skip
        _, headers = self.seen(response)
        self.assertEqual(headers["x-avstudio-principal"], "signed")
        self.assertEqual(headers["x-forwarded-for"], "127.0.0.1")
        self.assertRegex(headers["x-request-id"], "^[0-9a-f]{32}$")
        self.assertEqual(headers["x-request-id"], response.headers["X-Request-Id"])
        for name in ("authorization", "x-api-key", "x-avstudio-denial", "x-original-uri", "connection"):
            self.assertNotIn(name, headers)
        self.assertEqual(response.headers.get_all("RateLimit"), ['"default";r=9;t=30'])
        self.assertEqual(response.headers.get_all("RateLimit-Policy"), ['"default";q=10;w=60'])
        asked = self.gateway.asked[-1]
        self.assertEqual((asked["X-Original-Method"], asked["X-Original-URI"]), ("POST", "/audio/x"))
        self.assertNotIn("X-AVStudio-Principal", asked)
        self.assertNotIn("Content-Length", asked)

    def test_public_paths_carry_no_identity(self):
        for service in ("gateway", "audio", "video", "analytics", "alerting"):
            path = f"/{service}/readyz"
            document, headers = self.seen(self.nginx.request("GET", path, key=None, X_AVStudio_Principal="forged"))
            self.assertEqual((document["service"], document["path"]), (service, "/readyz"))
            self.assertNotIn("x-avstudio-principal", headers)
        self.assertEqual(json.loads(self.nginx.request("GET", "/healthz", key=None).content), {"status": "ok"})

    def test_becoming_known_asks_for_no_credential(self):
        for path in ("/auth/login", "/auth/register"):
            asked = len(self.gateway.asked)
            response = self.nginx.request("POST", path, b"{}", key=None, X_AVStudio_Principal="forged", X_Forwarded_For="1.2.3.4")
            document, headers = self.seen(response)
            self.assertEqual((document["path"], len(self.gateway.asked)), (path, asked))
            self.assertNotIn("x-avstudio-principal", headers)
            self.assertEqual(headers["x-forwarded-for"], "127.0.0.1")
        self.problem(self.nginx.request("POST", "/auth/logout", key=None), 401, "missing-key")
        self.problem(self.nginx.request("POST", "/auth/login/x", key=None), 401, "missing-key")

    def test_messages_for_hooks_come_without_a_key(self):
        asked = len(self.gateway.asked)
        fields = {"webhook_id": "msg_1", "webhook_timestamp": "1", "webhook_signature": "v1,x", "X_Hub_Signature_256": "sha256=0"}
        response = self.nginx.request(
            "POST", "/hooks/hook_0?a=%7E", bytes(64 << 10), key=None, X_AVStudio_Principal="forged", X_Forwarded_For="1.2.3.4", **fields
        )
        document, headers = self.seen(response)
        self.assertEqual((document["service"], document["method"], document["path"]), ("gateway", "POST", "/hooks/hook_0?a=%7E"))
        self.assertEqual((document["received"], len(self.gateway.asked)), (64 << 10, asked))
        for name, value in fields.items():
            self.assertEqual(headers[name.replace("_", "-").lower()], value)
        self.assertNotIn("x-avstudio-principal", headers)
        self.assertEqual(headers["x-forwarded-for"], "127.0.0.1")
        self.problem(self.nginx.request("POST", "/hooks/hook_0", bytes((64 << 10) + 1), key=None), 413, "body-too-large")
        # All else is for whoever has made them.
        for method, path in (
            ("POST", "/hooks"), ("POST", "/hooks/"), ("POST", "/hooks/hook_0/"), ("POST", "/hooks/hook_0/rotate"),
            ("GET", "/hooks/hook_0"), ("DELETE", "/hooks/hook_0"), ("PATCH", "/hooks/hook_0"), ("GET", "/hooks/hook_0/deliveries"),
        ):  # fmt: skip
            with self.subTest(method=method, path=path):
                self.problem(self.nginx.request(method, path, key=None), 401, "missing-key")

    def test_signed_requests_are_asked_about_as_they_were_sent(self):
        fields = {"Signature_Input": 'sig=("@method");keyid="k"', "Signature": "sig=:eA==:", "Content_Digest": "sha-256=:eA==:"}
        self.nginx.request("POST", "/files?a=%7E", b"x", **fields)
        asked = self.gateway.asked[-1]
        self.assertEqual(asked["X-Forwarded-Host"], f"127.0.0.1:{self.nginx.port}")
        self.assertEqual(asked["X-Forwarded-Proto"], "http")
        self.assertEqual(asked["X-Original-URI"], "/files?a=%7E")
        for name, value in fields.items():
            self.assertEqual(asked[name.replace("_", "-")], value)

    def test_refusals_are_the_gateways_documents(self):
        self.problem(self.nginx.request("GET", "/audio/x", key=None), 401, "missing-key")
        self.assertEqual(self.nginx.request("GET", "/audio/x", key=None).headers.get_all("WWW-Authenticate"), ["Bearer"])
        self.problem(self.nginx.request("POST", "/files", b"x", key="bad"), 403, "forbidden")
        response = self.nginx.request("GET", "/keys", key="busy")
        self.problem(response, 429, "too-many-requests")
        self.assertEqual(response.headers.get_all("Retry-After"), ["7"])
        self.assertNotIn("X-AVStudio-Denial", response.headers)
        own = self.nginx.request("GET", "/audio/denied")
        self.assertEqual((own.status, own.content), (403, b'{"code":"own"}'))

    def test_model_paths_have_the_forms_of_their_sdks(self):
        long = bytes((32 << 20) + 1)
        self.form(self.nginx.request("POST", "/v1/chat/completions", long), 413, "request_too_large", "body-too-large")
        self.form(self.nginx.request("POST", "/v1/messages", long), 413, "request_too_large")
        self.problem(self.nginx.request("POST", "/llm/chat", long), 413, "body-too-large")
        self.form(self.nginx.request("GET", "/v1/engines"), 404, "not_found_error", "not-found")
        self.form(self.nginx.request("GET", "/v1/messages/batches"), 404, "not_found_error")
        self.form(self.nginx.request("GET", "/v1/models//x"), 400, "invalid_request_error", "bad-request")
        self.form(self.nginx.request("GET", "/v1/models//x", anthropic_version="2023-06-01"), 400, "invalid_request_error")
        # What the gateway says of a key, for the paths that nginx asks it about first.
        refused = self.nginx.request("POST", "/v1/audio/speech", b"{}", key=None)
        self.assertEqual((refused.status, refused.headers["Content-Type"]), (401, "application/json"))
        self.assertEqual(json.loads(refused.content)["code"], "missing-key")

    def test_model_answers_tell_the_limits_themselves(self):
        response = self.nginx.request("POST", "/v1/chat/completions", b"{}")
        self.assertEqual(response.headers.get_all("RateLimit"), ["upstream's own"])

    def test_refused_upload_is_not_read(self):
        with socket.create_connection(("127.0.0.1", self.nginx.port), 10) as s:
            s.sendall(b"POST /files HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000000\r\n\r\n")
            self.assertTrue(s.recv(100).startswith(b"HTTP/1.1 401 "))

    def test_upload_is_streamed_and_unlimited(self):
        document, _ = self.seen(self.nginx.request("POST", "/files", bytes(3 << 20)))
        self.assertEqual(document["received"], 3 << 20)
        with socket.create_connection(("127.0.0.1", self.nginx.port), 10) as s:
            s.sendall(b"PATCH /files/f HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Length: 2\r\n\r\na")
            deadline = time.monotonic() + 10
            while self.gateway.asked[-1].get("X-Original-URI") != "/files/f" and time.monotonic() < deadline:
                time.sleep(0.01)
            s.sendall(b"b")
            self.assertTrue(s.recv(100).startswith(b"HTTP/1.1 200 "))

    def test_other_bodies_are_limited(self):
        for path, limit in (("/audio/normalize", 8 << 20), ("/api/v2/alerts", 4 << 20), ("/api/metrics", 1 << 20)):
            self.assertNotEqual(self.nginx.request("POST", path, bytes(limit)).status, 413, path)
            self.problem(self.nginx.request("POST", path, bytes(limit + 1)), 413, "body-too-large")

    def test_download_comes_from_the_blob_store(self):
        path = f"/files/{DIGEST}/content"
        response = self.nginx.request("GET", path)
        self.assertEqual((response.status, response.content), (200, bytes(range(256)) * 16))
        self.assertEqual(response.headers["Content-Type"], "audio/wav")
        self.assertEqual(response.headers["Content-Disposition"], 'attachment; filename="a.wav"')
        self.assertIn("sandbox", response.headers["Content-Security-Policy"])
        self.assertNotIn("X-Accel-Redirect", response.headers)
        part = self.nginx.request("GET", path, Range="bytes=2-4")
        self.assertEqual((part.status, part.content), (206, b"\x02\x03\x04"))
        same = self.nginx.request("GET", path, If_None_Match=response.headers["ETag"])
        self.assertEqual(same.status, 304)
        self.assertEqual(self.nginx.request("GET", "/audio/redirect").content, b"{}")

    def test_events_arrive_at_once(self):
        services = {service.name: service for service in self.services}
        doors = (
            ("GET", "/audio/jobs/j/events", "audio"), ("GET", "/video/jobs/j/events", "video"),
            ("GET", "/api/pipelines/events", "analytics"), ("GET", "/api/alerts/events", "alerting"),
            ("POST", "/v1/chat/completions", "gateway"), ("POST", "/v1/responses", "gateway"), ("POST", "/v1/messages", "gateway"),
            ("POST", "/llm/stream", "gateway"), ("POST", "/v1/audio/speech", "audio"),
        )  # fmt: skip
        # Where nginx buffers it passes on what comes in chunks all the same, but not what has a length.
        for (method, path, name), framing in itertools.product(doors, ("chunked", "length")):
            with self.subTest(path=path, framing=framing):
                connection = http.client.HTTPConnection("127.0.0.1", self.nginx.port, timeout=3)
                headers = {"Authorization": "Bearer good", "Accept": "text/event-stream", "X-Framing": framing}
                try:
                    connection.request(method, path, body=b"{}" if method == "POST" else None, headers=headers)
                    response = connection.getresponse()
                    for event in (b"data: 1\n", b"data: 2\n"):
                        self.assertEqual((response.readline(), response.readline()), (event, b"\n"))
                        services[name].arrived.release()
                    self.assertEqual(response.read(), b"")
                finally:
                    connection.close()
                    services[name].arrived = threading.Semaphore(0)

    def test_ambiguous_paths(self):
        for path in (
            "/files/../keys",
            "/audio/%2e%2e/keys",
            "/files//x",
            "/files/a%2fb",
            "/files/.",
            "/files/%252e",
            "/audio/..?x",
        ):
            answer = self.nginx.raw(
                f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nConnection: close\r\n\r\n".encode()
            )
            self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), path)
            self.assertIn(b'"code":"bad-request"', answer)
        self.assertEqual(self.nginx.request("GET", "/audit?path=/a//b/../%2e").status, 200)

    def test_bad_requests(self):
        for request, status in {
            b"GET / HTTP/1.1\r\n\r\n": b"400",
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n": b"400",
            b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 20000 + b"\r\n\r\n": b"431",
            b"GET /" + b"y" * 20000 + b" HTTP/1.1\r\nHost: a\r\n\r\n": b"414",
            b"POST /audio HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": b"400",
        }.items():
            answer = self.nginx.raw(request)
            self.assertEqual(answer.split(b" ", 2)[1], status, request[:60])
            self.assertIn(b"application/problem+json", answer)

    def test_page_and_headers(self):
        response = self.nginx.request("GET", "/", key=None)
        self.assertEqual(response.status, 200)
        policy = response.headers["Content-Security-Policy"]
        self.assertIn("script-src 'self'; style-src 'self';", policy)
        for word in ("unsafe", "http", "sandbox", "data:"):
            self.assertNotIn(word, policy)
        self.assertEqual(response.headers["Cache-Control"], "no-cache")
        self.assertEqual(response.headers["Server"], "nginx")
        self.assertEqual(response.headers.get_all("X-Content-Type-Options"), ["nosniff"])
        self.problem(self.nginx.request("POST", "/", b"", key=None), 405, "method-not-allowed")

    def test_page_loads_files_that_never_change(self):
        page = self.nginx.request("GET", "/", key=None).content.decode()
        self.assertNotRegex(page, "(?i)<style| style=| on[a-z]+=|<script(?![^>]* src=)")
        paths = re.findall('(?:href|src)="([^"]+)"', page)
        kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
        self.assertCountEqual([path.rsplit(".", 1)[1] for path in paths], kinds)
        for path in paths:
            self.assertRegex(path, r"^/assets/\w+-[0-9A-Za-z]{8}\.\w+$")
            response = self.nginx.request("GET", path, key=None, Accept_Encoding="gzip")
            self.assertIn(kinds[path.rsplit(".", 1)[1]], response.headers["Content-Type"])
            self.assertEqual(response.headers.get_all("Cache-Control"), ["public, max-age=31536000, immutable"])
            # As it lies there, and the same when it is not asked for compressed.
            self.assertEqual(response.content, pathlib.Path(f"{PAGE.name}/html{path}.gz").read_bytes())
            self.assertEqual(gzip.decompress(response.content), self.nginx.request("GET", path, key=None).content)
        missing = self.nginx.request("GET", "/assets/main-00000000.js", key=None)
        self.problem(missing, 404, "not-found")
        self.assertNotIn("Cache-Control", missing.headers)

    def test_log_tells_what_was_asked_for(self):
        nginx = Nginx(*(service.server_port for service in self.services))
        try:
            content = f"/files/{DIGEST}/content"
            for path in ("/", "/nothing?secret=1", content):
                nginx.request("GET", path)
            nginx.process.send_signal(signal.SIGUSR1)  # writes what is buffered
            log, lines = nginx.var / "log/nginx-access.log", []
            deadline = time.monotonic() + 10
            while len(lines) < 3 and time.monotonic() < deadline:
                time.sleep(0.01)
                lines = log.read_text().splitlines()
            told = [(entry["path"], entry["status"]) for entry in map(json.loads, lines)]
            self.assertCountEqual(told, [("/", 200), ("/nothing", 404), (content, 200)])
        finally:
            nginx.close()

    def test_json_is_compressed(self):
        response = self.nginx.request("GET", "/audio/large", Accept_Encoding="gzip")
        self.assertEqual(response.headers["Content-Encoding"], "gzip")


class FaultTest(unittest.TestCase):
    def test_services_down(self):
        gateway = Service("gateway")
        nginx = Nginx(gateway.server_port, free_port())
        try:
            response = nginx.request("GET", "/audio/x")
            self.assertEqual((response.status, json.loads(response.content)["code"]), (502, "service-unreachable"))
            self.assertEqual(response.headers["Retry-After"], "5")
            self.assertIsNone(response.headers["Access-Control-Allow-Origin"])
            response = nginx.request("GET", "/api/kpis")
            self.assertEqual((response.status, response.headers.get_all("Access-Control-Allow-Origin")), (502, ["*"]))
        finally:
            nginx.close()
            gateway.shutdown()
            gateway.server_close()
        nginx = Nginx(free_port(), free_port())
        try:
            for path, code in {"/v1/chat/completions": "service-unreachable", "/v1/messages": None}.items():
                response = nginx.request("POST", path, b"{}")
                document = json.loads(response.content)
                self.assertEqual((response.status, document["error"]["type"]), (502, "api_error"))
                self.assertEqual(document["error"].get("code"), code)
                self.assertEqual((document.get("type"), response.headers["Retry-After"]), (None if code else "error", "5"))
            response = nginx.request("GET", "/audio/x")
            self.assertEqual((response.status, json.loads(response.content)["code"]), (503, "gateway-unavailable"))
            self.assertEqual(response.headers["Content-Type"], "application/problem+json")
        finally:
            nginx.close()

    def test_address_limits(self):
        nginx = Nginx(free_port(), free_port(), rate=1, burst=2)
        try:
            answers = [nginx.request("GET", "/", key=None) for _ in range(8)]
            refused = [answer for answer in answers if answer.status == 429]
            self.assertGreaterEqual(len(refused), 3)
            self.assertEqual(json.loads(refused[0].content)["code"], "too-many-requests")
            self.assertEqual(refused[0].headers["Retry-After"], "1")
            for path in ("/v1/responses", "/v1/messages"):
                answers = [nginx.request("POST", path, b"{}") for _ in range(8)]
                refused = next(answer for answer in answers if answer.status == 429)
                self.assertEqual(json.loads(refused.content)["error"]["type"], "rate_limit_error")
                self.assertEqual(refused.headers["Retry-After"], "1")
        finally:
            nginx.close()


if __name__ == "__main__":
    unittest.main()
