"""Publishes into a stream of nats-server and waits for its word, with many messages under way."""

import json
import socket


class Publisher:
    def __init__(self, studio, in_flight=16):
        password = (studio.folder / "secrets/nats-cli.password").read_text().strip()
        self.socket = socket.create_connection(("127.0.0.1", studio.port + 8))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines, self.in_flight, self.free, self.stored = self.socket.makefile("rb"), in_flight, in_flight, 0
        self.lines.readline()
        options = {"user": "cli", "pass": password, "verbose": False, "headers": True, "no_responders": True}
        self.socket.sendall(f"CONNECT {json.dumps(options)}\r\nSUB _INBOX.bench.* 1\r\n".encode())

    def publish(self, message_id, payload):
        while self.free == 0:
            self.take()
        head = f"NATS/1.0\r\nNats-Msg-Id: {message_id}\r\n\r\n".encode()
        sizes = f"{len(head)} {len(head) + len(payload)}"
        self.socket.sendall(f"HPUB avstudio.metric _INBOX.bench.1 {sizes}\r\n".encode() + head + payload + b"\r\n")
        self.free -= 1

    def take(self):
        """Waits for one answer."""
        while not (line := self.lines.readline()).startswith((b"MSG", b"HMSG")):
            if line.startswith(b"PING"):
                self.socket.sendall(b"PONG\r\n")
            elif not line or line.startswith(b"-ERR"):
                raise ConnectionError(line.decode())
        answer = json.loads(self.lines.read(int(line.split()[-1]) + 2))
        if "error" in answer or answer.get("duplicate"):
            raise RuntimeError(answer)
        self.free, self.stored = self.free + 1, self.stored + 1

    def close(self):
        while self.free < self.in_flight:
            self.take()
        self.socket.close()
