"""Puts TLS before a server of a test: says its port, and passes on what comes to it over TLS.

tls_door.py <port of the server> <certificate> <key>
A line on standard input, `<certificate> <key>`, is what new connections are shown from then on.
"""

import asyncio
import ssl
import sys


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*sys.argv[2:4])

    async def join(reader, writer):
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
        await asyncio.gather(copy(reader, back_writer), copy(back_reader, writer))

    server = await asyncio.start_server(join, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        context.load_cert_chain(*line.decode().split())


# It ends with its standard input: whoever started it.
asyncio.run(main())
