"""A mail server that is not ours: takes mails on a free port of this machine, and judges each.

Prints its port on the first line, then one line of JSON for each mail. The keys for DKIM come as the first
argument: JSON of name -> TXT record. With a second one, a file of key and certificate, it demands STARTTLS and a
login (shop, secret). Needs aiosmtpd, dkimpy with PyNaCl.
"""
import asyncio
import email
import email.policy
import json
import ssl
import sys

import dkim
from aiosmtpd.smtp import SMTP, AuthResult

records = {name + ".": text.encode() for name, text in json.loads(sys.argv[1]).items()}


def dns(name, timeout=5):
    return records.get(name.decode() if isinstance(name, bytes) else name)


def verified(data):
    judge = dkim.DKIM(data)
    count = sum(1 for name, _ in judge.headers if name.lower() == b"dkim-signature")
    return [bool(dkim.DKIM(data).verify(idx=index, dnsfunc=dns)) for index in range(count)]


class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 <" + address + ">: no such user"
        if address.startswith("full@"):
            return "452 4.2.2 <" + address + ">: mailbox is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        data = envelope.content
        if envelope.rcpt_tos[0].startswith("lost@"):
            server.transport.abort()
            return "250 never heard"
        mail = email.message_from_bytes(data, policy=email.policy.default)
        tampered = data.replace(b"\r\nSubject:", b"\r\nSubject: Re:", 1)
        print(json.dumps({
            "encrypted": session.ssl is not None,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": mail["Subject"],
            "message_id": mail["Message-ID"],
            "date": mail["Date"],
            "dkim": verified(data),
            "tampered": verified(tampered),
            "parts": [[part.get_content_type(), len(part.get_payload(decode=True) or b"")] for part in mail.walk()
                      if not part.is_multipart()],
            "text": mail.get_body(("plain",)).get_content(),
            "html": mail.get_body(("html",)).get_content(),
            "pdf": [part.get_payload(decode=True)[:5].decode() for part in mail.iter_attachments()],
            "defects": [str(defect) for part in mail.walk() for defect in part.defects],
            "longest": max(len(line) for line in data.split(b"\r\n")),
        }), flush=True)
        return "250 OK"


def login(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"shop", b"secret"), handled=False)


def options():
    if len(sys.argv) < 3:
        return {}
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[2])
    return {"tls_context": context, "require_starttls": True, "authenticator": login, "auth_required": True}


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), enable_SMTPUTF8=True, loop=loop, **options()), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Until whoever started this lets go.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
