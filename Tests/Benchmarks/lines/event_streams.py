"""Memory of a service that holds 512 idle event streams."""

import socket

import recordings
from measure import MB, memory
from table import limit, number

STREAMS = 512


def run_lines(bench):
    studio = bench.studio()
    door = studio.door()
    file = door.upload(recordings.quiet(bench.folder))
    # Long jobs fill the slots; the last one waits in the queue for as long as the streams are open.
    jobs = [
        door.json("POST", "/audio/normalize", {"input": file, "parameters": {"target_lufs": -30 - 0.01 * index}})["id"] for index in range(12)
    ]  # fmt: skip
    before = memory(studio.pid("audio"), "VmRSS")
    request = (
        f"GET /audio/jobs/{jobs[-1]}/events HTTP/1.1\r\nHost: x\r\nX-AVStudio-Principal: {studio.principal()}\r\n\r\n".encode()
    )
    streams = []
    try:
        for _ in range(STREAMS):
            stream = socket.create_connection(("127.0.0.1", studio.ports["audio"]), 10)
            stream.sendall(request)
            streams.append(stream)
        for stream in streams:
            head = stream.recv(4096)
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode(errors="replace"))
        held = memory(studio.pid("audio"), "VmRSS")
    finally:
        for stream in streams:
            stream.close()
        for job in jobs:
            door.json("DELETE", f"/audio/jobs/{job}")
        door.close()
    return [limit(f"{STREAMS} idle event streams: memory of the service", held / MB, 64, "MB", f"{number(before / MB)} MB without")]
