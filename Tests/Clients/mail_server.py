"""A mail server for tests: says its port, takes mails over STARTTLS, TLS or plain connections, and writes each as a line of JSON.

mail_server.py <none|starttls|tls> <certificate> <key> [<user> <password>]
A line on standard input says how the next mail is answered, for example `451 try later`, or `hang` for never.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

mode, certificate, key = sys.argv[1:4]
login = sys.argv[4:6]
answers = []


def say(document):
    print(json.dumps(document), flush=True)


class Handler:
    async def handle_DATA(self, server, session, envelope):
        say({
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "secure": session.ssl is not None or mode == "tls",
            "user": session.auth_data.login.decode() if session.authenticated else None,
            "answer": answers[0] if answers else "250", "content": envelope.content.decode("utf-8"),
        })
        answer = answers.pop(0) if answers else "250 taken"
        if answer == "hang":
            await asyncio.sleep(3600)
        return answer


def authenticate(server, session, envelope, mechanism, data):
    given = [data.login.decode(), data.password.decode()]
    return AuthResult(success=given == login, handled=True, auth_data=data)


async def main():
    context = None
    if mode != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    options = {"tls_context": context, "require_starttls": True} if mode == "starttls" else {}
    if login:
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": mode == "starttls"}
    server = await loop.create_server(
        lambda: SMTP(Handler(), **options), "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    say({"port": server.sockets[0].getsockname()[1]})
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        answers.append(line.decode().strip())


asyncio.run(main())
