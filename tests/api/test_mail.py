"""Mail and text messages, handed to real servers on this machine."""

import asyncio
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from api_support import NOW, make_app
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from api.integrations import mail, sms
from api.integrations.mail import Mail, MailFailed, OfflineMailer, SmtpMailer
from api.integrations.sms import HttpSms, OfflineSms, SmsFailed

MESSAGE = Mail("ada@example.org", "Grüße 🌱", "Plain text, é", "<p>Rich text, é</p>")
USER, PASSWORD = "postman", "a secret"


@pytest.fixture
def effects():
    return []


@pytest.fixture(autouse=True)
def context(tmp_path, effects):
    with make_app(tmp_path, EFFECTS=effects.append).app_context():
        yield


@pytest.fixture
def certificate(tmp_path) -> Path:
    """A self-signed certificate for this machine, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=3650))
        .not_valid_after(NOW + timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Inbox:
    """Keeps what an SMTP server was handed."""

    def __init__(self) -> None:
        self.envelopes: list[object] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


@contextmanager
def smtp_server(certificate: Path, inbox: Inbox) -> Iterator[int]:
    """Run a server that insists on encryption and a login; yield its port."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)

    def authenticate(_server, _session, _envelope, _mechanism, login) -> AuthResult:
        known = LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=login == known, handled=False)

    def connected() -> SMTP:
        return SMTP(
            inbox,
            hostname="localhost",
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticate,
            loop=loop,
        )

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(connected, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def smtp_mailer(port: int, certificate: Path, password: str = PASSWORD) -> SmtpMailer:
    trusted = ssl.create_default_context(cafile=str(certificate))
    return SmtpMailer("127.0.0.1", port, USER, password, "care@example.org", trusted)


class TestSmtp:
    def test_a_message_arrives_with_both_texts(self, certificate, effects):
        inbox = Inbox()

        with smtp_server(certificate, inbox) as port:
            smtp_mailer(port, certificate).send(MESSAGE)

        [envelope] = inbox.envelopes
        received = message_from_bytes(envelope.content, policy=default)
        assert envelope.rcpt_tos == ["ada@example.org"]
        assert envelope.mail_from == "care@example.org"
        assert received["Subject"] == "Grüße 🌱"
        assert received["Date"].datetime == NOW
        assert received.get_body(("plain",)).get_content().strip() == "Plain text, é"
        assert received.get_body(("html",)).get_content().strip() == "<p>Rich text, é</p>"
        assert len(effects) == 1

    def test_a_message_without_html_has_one_part(self, certificate):
        inbox = Inbox()

        with smtp_server(certificate, inbox) as port:
            smtp_mailer(port, certificate).send(Mail("ada@example.org", "Hello", "Text"))

        assert not message_from_bytes(inbox.envelopes[0].content).is_multipart()

    def test_a_wrong_password_fails_without_being_told(self, certificate, effects):
        with (
            smtp_server(certificate, Inbox()) as port,
            pytest.raises(MailFailed, match="SMTP") as failure,
        ):
            smtp_mailer(port, certificate, password="wrong secret").send(MESSAGE)

        assert "wrong secret" not in str(failure.value)
        assert effects == []

    def test_a_certificate_nobody_vouches_for_is_refused(self, certificate, effects):
        inbox = Inbox()
        with (
            smtp_server(certificate, inbox) as port,
            pytest.raises(MailFailed, match="certificate"),
        ):
            SmtpMailer("127.0.0.1", port, USER, PASSWORD, "care@example.org").send(MESSAGE)

        assert (inbox.envelopes, effects) == ([], [])

    def test_no_server_is_a_failure_of_its_kind(self, certificate):
        with smtp_server(certificate, Inbox()) as port:
            pass

        with pytest.raises(MailFailed, match=f"127.0.0.1:{port}"):
            smtp_mailer(port, certificate).send(MESSAGE)

    def test_a_line_break_in_an_address_adds_no_header(self, certificate):
        inbox = Inbox()
        with smtp_server(certificate, inbox) as port, pytest.raises(MailFailed):
            smtp_mailer(port, certificate).send(Mail("a@example.org\nBcc: b@example.org", "", ""))

        assert inbox.envelopes == []

    def test_its_secret_is_not_in_its_repr(self, certificate):
        assert PASSWORD not in repr(smtp_mailer(25, certificate))


def test_offline_mail_is_only_reported(effects):
    OfflineMailer().send(MESSAGE)

    assert effects == [
        {
            "kind": "mail",
            "to": "ada@example.org",
            "subject": "Grüße 🌱",
            "text": "Plain text, é",
            "html": "<p>Rich text, é</p>",
        }
    ]


class Provider(BaseHTTPRequestHandler):
    """Takes text messages, as the provider does, and answers with the server's status."""

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.received.append((self.path, self.headers["Authorization"], parse_qs(form)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def provider(status: int = 201) -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Provider)
    server.status, server.received = status, []
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def http_sms(server: HTTPServer) -> HttpSms:
    return HttpSms("account/1", "token", "+441", f"http://127.0.0.1:{server.server_port}")


class TestSms:
    def test_a_message_is_posted_with_the_credentials(self, effects):
        with provider() as server:
            http_sms(server).send("+44 20 7946 0000", "Your code is 012345 & é")

        [(path, authorization, form)] = server.received
        assert path == "/2010-04-01/Accounts/account%2F1/Messages.json"
        assert b64decode(authorization.removeprefix("Basic ")) == b"account/1:token"
        assert form == {
            "To": ["+44 20 7946 0000"],
            "From": ["+441"],
            "Body": ["Your code is 012345 & é"],
        }
        assert len(effects) == 1

    @pytest.mark.parametrize("status", [400, 401, 503])
    def test_a_refusal_is_a_failure_of_its_kind(self, effects, status):
        with provider(status) as server, pytest.raises(SmsFailed, match=str(status)):
            http_sms(server).send("+44", "text")

        assert effects == []

    def test_no_provider_is_a_failure_of_its_kind(self):
        with provider() as server:
            pass

        with pytest.raises(SmsFailed):
            http_sms(server).send("+44", "text")

    def test_offline_messages_are_only_reported(self, effects):
        OfflineSms().send("+44", "text")

        assert effects == [{"kind": "sms", "to": "+44", "text": "text"}]


class TestChoice:
    def test_without_an_account_both_are_offline(self):
        assert mail.mailer() == OfflineMailer()
        assert sms.sender() == OfflineSms()

    def test_with_an_account_both_are_real(self, tmp_path):
        app = make_app(
            tmp_path,
            SMTP_SERVER="mail.example.org",
            SMTP_USER=USER,
            SMTP_PASSWORD=PASSWORD,
            TWILIO_ACCOUNT_SID="account",
            TWILIO_AUTH_TOKEN="token",
            TWILIO_PHONE_NUMBER="+441",
        )
        with app.app_context():
            mailer, sender = mail.mailer(), sms.sender()

        assert (mailer.host, mailer.port, mailer.sender) == ("mail.example.org", 587, USER)
        assert (sender.account, sender.sender) == ("account", "+441")
