"""The nats-server configuration, run by the real nats-server: what each user may and may not say and hear."""

import json
import pathlib
import socket
import subprocess
import tempfile
import time
import unittest

from nginx_test import ROOT, free_port

USERS = ("gateway", "audio", "video", "analytics", "alerting", "cli")
STREAMS = {"AVSTUDIO_JOBS": "avstudio.job.>", "AVSTUDIO_DEAD": "avstudio.dead.>", "AVSTUDIO_EVENTS": "avstudio.event.>"}
HOOKS = "AVSTUDIO_HOOKS"


class Refused(Exception):
    pass


class Client:
    """As much of the NATS protocol as the test needs."""

    def __init__(self, port, user):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.lines = self.socket.makefile("rb")
        self.lines.readline()
        options = {"user": user, "pass": f"{user}-password", "verbose": False, "pedantic": False, "headers": True}
        self.say(f"CONNECT {json.dumps(options)}")
        self.inbox, self.count = f"_INBOX.{user}", 0
        self.subscribe(f"{self.inbox}.*")

    def say(self, line, payload=None):
        self.socket.sendall(line.encode() + b"\r\n" + (b"" if payload is None else payload + b"\r\n"))

    def settle(self):
        """Reads until the server has answered everything said before."""
        self.say("PING")
        while (line := self.lines.readline()) != b"PONG\r\n":
            if line.startswith(b"-ERR"):
                self.settle_after_refusal()
                raise Refused(line.decode())
            if line == b"PING\r\n":
                self.say("PONG")
            if line.startswith(b"MSG"):
                self.lines.readline()

    def settle_after_refusal(self):
        while self.lines.readline() != b"PONG\r\n":
            pass

    def subscribe(self, subject):
        self.count += 1
        self.say(f"SUB {subject} {self.count}")
        self.settle()

    def publish(self, subject, payload=b"{}", reply=""):
        self.say(f"PUB {subject} {reply} {len(payload)}", payload)
        self.settle()

    def request(self, subject, document=None):
        payload = json.dumps(document).encode() if document is not None else b""
        self.say(f"PUB {subject} {self.inbox}.1 {len(payload)}", payload)
        while line := self.lines.readline():
            if line.startswith(b"-ERR"):
                raise Refused(line.decode())
            if line.startswith((b"MSG", b"HMSG")):
                self.reply = line.split()[3].decode()
                body = self.lines.read(int(line.split()[-1]) + 2)[:-2]
                return body
        raise ConnectionError

    def close(self):
        self.lines.close()
        self.socket.close()


class NATSTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="avstudio-nats-")
        var = pathlib.Path(cls.folder.name)
        (var / "run").mkdir()
        cls.port = free_port()
        values = {"LISTEN": "127.0.0.1", "NATS_PORT": cls.port, "NATS_MONITOR": f"127.0.0.1:{free_port()}", "VAR": var}
        values |= {"MAX_FILE_STORE": "64MB"} | {f"{user.upper()}_PASSWORD": f"{user}-password" for user in USERS}
        arguments = [ROOT / "deploy/render", ROOT / "deploy/nats/nats-server.conf.in", *(f"{k}={v}" for k, v in values.items())]
        configuration = var / "nats-server.conf"
        configuration.write_bytes(subprocess.run(arguments, check=True, capture_output=True).stdout)
        server = ROOT / "var/tools/bin/nats-server"
        subprocess.run([server, "-t", "-c", configuration], check=True, capture_output=True)
        cls.process = subprocess.Popen([server, "-c", configuration], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                cls.clients = {user: Client(cls.port, user) for user in USERS}
                break
            except OSError:
                time.sleep(0.02)
        audio = cls.clients["audio"]
        for name, subjects in STREAMS.items():
            retention = "workqueue" if name == "AVSTUDIO_JOBS" else "limits"
            settings = {"name": name, "subjects": [subjects], "retention": retention, "storage": "file", "max_bytes": 1 << 20}
            answer = json.loads(audio.request(f"$JS.API.STREAM.CREATE.{name}", settings))
            assert "error" not in answer, answer

    @classmethod
    def tearDownClass(cls):
        for client in cls.clients.values():
            client.close()
        cls.process.terminate()
        cls.process.wait(10)
        cls.folder.cleanup()

    def test_a_wrong_password_is_refused(self):
        with socket.create_connection(("127.0.0.1", self.port), 10) as s:
            s.sendall(b'CONNECT {"user":"audio","pass":"guess"}\r\nPING\r\n')
            lines = s.makefile("rb")
            lines.readline()
            self.assertIn(b"Authorization Violation", lines.readline())

    def test_the_work_queue_of_a_service(self):
        for name in ("audio", "video"):
            service = self.clients[name]
            consumer = {"durable_name": name, "ack_policy": "explicit", "filter_subject": f"avstudio.job.{name}.>"}
            subject = f"$JS.API.CONSUMER.CREATE.AVSTUDIO_JOBS.{name}.avstudio.job.{name}.>"
            answer = json.loads(service.request(subject, {"stream_name": "AVSTUDIO_JOBS", "config": consumer}))
            self.assertNotIn("error", answer)
            service.request(f"avstudio.job.{name}.probe", {"id": "job_1"})
            order = service.request(f"$JS.API.CONSUMER.MSG.NEXT.AVSTUDIO_JOBS.{name}", {"batch": 1, "expires": 2_000_000_000})
            self.assertEqual(json.loads(order), {"id": "job_1"})
            self.assertEqual(service.request(service.reply), b"")
            state = json.loads(self.clients["cli"].request("$JS.API.STREAM.INFO.AVSTUDIO_JOBS"))["state"]
            self.assertEqual(state["messages"], 0)

    def test_events_reach_those_who_keep_them(self):
        readers = ("analytics", "alerting", "cli")
        for name in readers:
            config = {"durable_name": name, "ack_policy": "explicit", "filter_subject": "avstudio.event.>"}
            subject = f"$JS.API.CONSUMER.CREATE.AVSTUDIO_EVENTS.{name}.avstudio.event.>"
            answer = json.loads(self.clients[name].request(subject, {"stream_name": "AVSTUDIO_EVENTS", "config": config}))
            self.assertNotIn("error", answer)
        self.clients["gateway"].request("avstudio.event.gateway.started", {"a": 1})
        for name in readers:
            event = self.clients[name].request(
                f"$JS.API.CONSUMER.MSG.NEXT.AVSTUDIO_EVENTS.{name}", {"batch": 1, "expires": 2_000_000_000}
            )
            self.assertEqual(json.loads(event), {"a": 1})
        self.clients["analytics"].request("avstudio.event.analytics.person-erased", {"b": 2})
        event = self.clients["alerting"].request(
            "$JS.API.CONSUMER.MSG.NEXT.AVSTUDIO_EVENTS.alerting", {"batch": 1, "expires": 2_000_000_000}
        )
        self.assertEqual(json.loads(event), {"b": 2})

    def test_what_comes_in_at_hooks_is_kept_apart(self):
        gateway, cli = self.clients["gateway"], self.clients["cli"]
        settings = {"name": HOOKS, "subjects": ["avstudio.hook.>"], "retention": "limits", "storage": "file", "max_bytes": 1 << 20}
        self.assertNotIn("error", json.loads(gateway.request(f"$JS.API.STREAM.CREATE.{HOOKS}", settings)))
        config = {"durable_name": "cli", "ack_policy": "explicit", "filter_subject": "avstudio.hook.>"}
        subject = f"$JS.API.CONSUMER.CREATE.{HOOKS}.cli.avstudio.hook.>"
        self.assertNotIn("error", json.loads(cli.request(subject, {"stream_name": HOOKS, "config": config})))
        gateway.request("avstudio.hook.hook_1.orders", {"c": 3})
        message = cli.request(f"$JS.API.CONSUMER.MSG.NEXT.{HOOKS}.cli", {"batch": 1, "expires": 2_000_000_000})
        self.assertEqual(json.loads(message), {"c": 3})

    def test_measurements_are_kept_until_they_are_counted(self):
        analytics = self.clients["analytics"]
        for stream, subject, readers in (
            ("AVSTUDIO_METRICS", "avstudio.metric", ("analytics", "alerting")), ("AVSTUDIO_TAKEN", "avstudio.metric.taken", ("alerting",)),
        ):  # fmt: skip
            settings = {"name": stream, "subjects": [subject], "retention": "interest", "storage": "file", "max_bytes": 1 << 20}
            self.assertNotIn("error", json.loads(analytics.request(f"$JS.API.STREAM.CREATE.{stream}", settings)))
            for name in readers:
                config = {"durable_name": name, "ack_policy": "explicit", "filter_subject": subject}
                request = {"stream_name": stream, "config": config}
                answer = json.loads(self.clients[name].request(f"$JS.API.CONSUMER.CREATE.{stream}.{name}.{subject}", request))
                self.assertNotIn("error", answer)
        for user in ("gateway", "audio", "cli"):
            self.clients[user].request("avstudio.metric", {"from": user})
            for name in ("analytics", "alerting"):
                reader = self.clients[name]
                event = reader.request(f"$JS.API.CONSUMER.MSG.NEXT.AVSTUDIO_METRICS.{name}", {"batch": 1, "expires": 2_000_000_000})
                self.assertEqual(json.loads(event), {"from": user})
                self.assertEqual(reader.request(reader.reply), b"")
        analytics.request("avstudio.metric.taken", {"from": "a caller"})
        event = self.clients["alerting"].request(
            "$JS.API.CONSUMER.MSG.NEXT.AVSTUDIO_TAKEN.alerting", {"batch": 1, "expires": 2_000_000_000}
        )
        self.assertEqual(json.loads(event), {"from": "a caller"})

    def test_a_reply_needs_no_right_of_its_own(self):
        gateway, audio = self.clients["gateway"], self.clients["audio"]
        gateway.subscribe("avstudio.rpc.gateway.files.>")
        audio.say(f"PUB avstudio.rpc.gateway.files.find {audio.inbox}.1 2", b"{}")
        while not (line := gateway.lines.readline()).startswith(b"MSG avstudio.rpc"):
            pass
        gateway.lines.readline()
        gateway.publish(line.split()[3].decode(), b'{"found":1}')
        self.assertTrue(audio.lines.readline().startswith(b"MSG _INBOX.audio.1"))
        self.assertEqual(audio.lines.readline(), b'{"found":1}\r\n')
        with self.assertRaises(Refused):
            gateway.publish("_INBOX.audio.1", b"unasked")

    def test_what_nobody_may_say(self):
        cases = {
            "gateway": [
                "avstudio.metric.taken", "avstudio.job.audio.probe", "$JS.API.STREAM.DELETE.AVSTUDIO_EVENTS",
                "avstudio.event.job.audio.finished",
            ],
            "audio": [
                "avstudio.metric.taken", "avstudio.job.video.probe", "avstudio.event.gateway.started", "$JS.API.STREAM.PURGE.AVSTUDIO_JOBS",
                "$JS.API.STREAM.DELETE.AVSTUDIO_JOBS", "$JS.API.CONSUMER.CREATE.AVSTUDIO_JOBS.audio.avstudio.job.video.>",
                "$JS.API.CONSUMER.DURABLE.CREATE.AVSTUDIO_JOBS.audio", "$JS.API.CONSUMER.DELETE.AVSTUDIO_JOBS.audio",
            ],
            "video": ["avstudio.event.analytics.person-erased", "avstudio.job.audio.probe", "$JS.API.CONSUMER.CREATE.AVSTUDIO_JOBS.video.avstudio.job.audio.>"],
            "analytics": ["avstudio.event.gateway.started", "avstudio.job.audio.probe", "avstudio.rpc.gateway.files.find"],
            "alerting": [
                "avstudio.event.job.audio.finished", "avstudio.event.analytics.person-erased", "$JS.API.STREAM.DELETE.AVSTUDIO_METRICS", "avstudio.metric", "avstudio.metric.taken",
                "$JS.API.CONSUMER.CREATE.AVSTUDIO_METRICS.analytics.avstudio.metric",
            ],
            "cli": ["avstudio.hook.hook_1.orders", "avstudio.metric.taken", "avstudio.job.audio.probe", "avstudio.rpc.gateway.files.find", "$JS.API.STREAM.DELETE.AVSTUDIO_JOBS"],
        }  # fmt: skip
        for user, subjects in cases.items():
            for subject in subjects:
                with self.subTest(user=user, subject=subject), self.assertRaises(Refused):
                    self.clients[user].publish(subject)

    def test_what_nobody_may_hear(self):
        cases = {
            "gateway": "avstudio.job.>", "audio": "avstudio.rpc.gateway.>", "video": "avstudio.rpc.audio.>", "analytics": "avstudio.job.>",
            "alerting": "avstudio.progress.audio", "cli": "avstudio.>",
        }  # fmt: skip
        for user, subject in cases.items():
            with self.subTest(user=user), self.assertRaises(Refused):
                self.clients[user].subscribe(subject)


if __name__ == "__main__":
    unittest.main()
