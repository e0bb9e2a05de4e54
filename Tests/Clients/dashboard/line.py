"""A line between the browser and the studio that is slow, and that can break."""

import socket
import threading
import time


class Line:
    """Passes bytes on, at a rate towards the studio; while it is cut, connections end and none begins."""

    def __init__(self, port, rate):
        self.port, self.rate, self.is_cut, self.open = port, rate, False, set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        # What waits in the line is not counted as sent for long.
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def cut(self):
        self.is_cut = True
        for end in list(self.open):
            self.end(end)

    def mend(self):
        self.is_cut = False

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            if self.is_cut:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.port))
            self.open |= {near, far}
            for source, target, is_slow in ((near, far, True), (far, near, False)):
                threading.Thread(target=self.carry, args=(source, target, is_slow), daemon=True).start()

    def carry(self, source, target, is_slow):
        try:
            while data := source.recv(16_384):
                target.sendall(data)
                if is_slow and self.rate:
                    time.sleep(len(data) / self.rate)
        except OSError:
            pass  # The line was cut.
        for end in (source, target):
            self.open.discard(end)
            self.end(end)

    @staticmethod
    def end(connection):
        """Ends it for both sides, also while another thread waits for it."""
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # It has ended by itself.
