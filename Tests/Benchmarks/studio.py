"""A studio of the benchmark's own: other ports, another folder, the operations that do nothing switched on."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import urllib.parse

from measure import Servers

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = ROOT / ".build/release"


class Studio:
    def __init__(self, folder, port=18080):
        self.folder, self.port = pathlib.Path(folder), port
        shutil.rmtree(self.folder, ignore_errors=True)
        self.command("up", "--bench-operations")
        configuration = next(self.folder.rglob("nginx.conf")).read_text()
        upstreams = re.findall(r"upstream (\w+) \{\s*server 127\.0\.0\.1:(\d+)", configuration)
        self.ports = {"nginx": port} | {name: int(number) for name, number in upstreams}
        self.pids = {file.stem: int(file.read_text().split()[0]) for file in (self.folder / "run").glob("*.pid")}
        self.processes = Servers(self.pids.values())
        self.key = (self.folder / "secrets/owner.key").read_text().split()[0]

    def command(self, *arguments):
        command = [BINARIES / "avstudio", *arguments, "--var", self.folder, "--port", str(self.port)]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)

    def pid(self, service):
        return next(pid for name, pid in self.pids.items() if service in name)

    def principal(self):
        """The signed identity that the gateway would hand to a service."""
        return principal(self.folder / "secrets/identity.key")

    def door(self):
        """The public way in."""
        return Client(self.port, {"Authorization": f"Bearer {self.key}"})

    def service(self, name):
        """A service itself, without nginx and the gateway."""
        return Client(self.ports[name], {"X-AVStudio-Principal": self.principal()})

    def close(self):
        self.command("down")


def principal(key_file):
    """An administrator's identity, signed with the key that services share."""
    statement = {
        "subject": "key_bench",
        "owner": "bench",
        "tier": "bench",
        "scopes": ["admin"],
        "expires": "2100-01-01T00:00:00.000Z",
    }
    encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    payload = encode(json.dumps(statement).encode())
    return payload + "." + encode(hmac.digest(key_file.read_bytes().strip(), payload.encode(), hashlib.sha256))


class Client:
    """One keep-alive connection."""

    def __init__(self, port, headers):
        self.headers = headers
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300, blocksize=1 << 18)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def request(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, self.headers | (headers or {}))
        response = self.connection.getresponse()
        content = response.read()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:1000].decode(errors='replace')}")
        return content

    def json(self, method, path, document=None, headers=None):
        body = None if document is None else json.dumps(document)
        return json.loads(self.request(method, path, body, {"Content-Type": "application/json"} | (headers or {})))

    def upload(self, path):
        """Uploads a file; returns its identifier."""
        with open(path, "rb") as file:
            name = urllib.parse.quote(pathlib.Path(path).name)
            headers = {
                "Content-Type": "application/octet-stream",
                "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
                "Content-Length": str(os.path.getsize(path)),
            }
            return json.loads(self.request("POST", "/files", file, headers))["id"]

    def job(self, operation, file, parameters):
        """Runs a job to its end and returns its document."""
        job = self.json("POST", f"/audio/{operation}", {"input": file, "parameters": parameters}, {"Prefer": "wait=60"})
        while job["state"] in ("queued", "running"):
            job = self.json("GET", f"/audio/jobs/{job['id']}")
        if job["state"] != "succeeded" or job["cached"]:
            raise RuntimeError(f"the job did not run: {job}")
        return job

    def download(self, file, path):
        pathlib.Path(path).write_bytes(self.request("GET", f"/files/{file}/content"))

    def close(self):
        self.connection.close()
