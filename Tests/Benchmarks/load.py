"""Many requests in flight from one thread, cheap enough to leave the cores to the server."""

import selectors
import socket
import time


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def complete(self):
        """Reads what came; gives the response once it is whole."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        self.received += chunk
        head, separator, rest = self.received.partition(b"\r\n\r\n")
        if not separator:
            return None
        size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(rest) < size:
            return None
        response, self.received = self.received, b""
        return response


def load(port, request, count, in_flight, is_good):
    """Sends a request `count` times, `in_flight` at once.

    Returns the wall seconds and the sorted latencies in seconds; a response that is not good is an error.
    """
    selector = selectors.DefaultSelector()
    latencies, sent = [], 0
    began = time.monotonic()
    for _ in range(in_flight):
        connection = Connection(port)
        connection.socket.sendall(request)
        connection.began = time.monotonic()
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        sent += 1
    while len(latencies) < count:
        for key, _ in selector.select(30):
            connection = key.data
            response = connection.complete()
            if response is None:
                continue
            if not is_good(response):
                raise RuntimeError(response.decode(errors="replace"))
            now = time.monotonic()
            latencies.append(now - connection.began)
            if sent < count:
                connection.began = now
                connection.socket.sendall(request)
                sent += 1
    seconds = time.monotonic() - began
    for key in list(selector.get_map().values()):
        key.fileobj.close()
    selector.close()
    return seconds, sorted(latencies)
