"""A mail server for tests: says its port, takes mails over STARTTLS, TLS or plain connections, and writes each as a line of JSON.

mail_server.py <none|starttls|tls> <certificate> <key> <port> [<user> <password>]
A line on standard input says how the next mail is answered, for example `451 try later`, or `hang` for never. With `MAIL` before it
that is said of the next sender; with `RCPT <address>` it is said of that recipient from then on.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

mode, certificate, key = sys.argv[1:4]
port, login = int(sys.argv[4]), sys.argv[5:7]
answers = []
senders = []
recipients = {}


def say(document):
    print(json.dumps(document), flush=True)


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = senders.pop(0) if senders else "250 OK"
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = recipients.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

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
        lambda: SMTP(Handler(), **options), "127.0.0.1", port, ssl=context if mode == "tls" else None)
    say({"port": server.sockets[0].getsockname()[1]})
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command, _, rest = line.decode().strip().partition(" ")
        if command == "RCPT":
            address, _, recipients_answer = rest.partition(" ")
            recipients[address] = recipients_answer
        elif command == "MAIL":
            senders.append(rest)
        else:
            answers.append(line.decode().strip())


asyncio.run(main())
