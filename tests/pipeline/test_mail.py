"""Letters to the owners through a real mail server: once a fault, to the one who can mend it, with what to do."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path

import dagster as dg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from pipelines import contracts, landing
from pipelines.contracts import message
from pipelines.definitions import build_definitions
from pipelines.service.freshness import due_after
from pipelines.service.mail import MailFailed, tell
from pipelines.service.parts import free_port
from pipelines.service.status import status_of
from pipelines.settings import WorkspaceError, parse_settings
from pipelines.workspace import Workspace

MAIL = """
[mail]
host = "127.0.0.1"
port = {port}
starttls = false
from = "yhteispeli@esimerkkila.example"
keeper = "yllapito@esimerkkila.example"
owners = {{ "premises_services" = "tilat@esimerkkila.example" }}
"""
KEEPER, PREMISES = "yllapito@esimerkkila.example", "tilat@esimerkkila.example"


class PostOffice:
    """A mail server that keeps what it gets and turns away whom it is told to."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.unknown: set[str] = set()

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.unknown:
            return "550 unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the name that aiosmtpd calls
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]  # the new policy gives this kind
        return "250 OK"

    def taken(self) -> dict[str, EmailMessage]:
        """Return the letters by receiver, and forget them."""
        letters, self.letters = self.letters, []
        assert len({letter["To"] for letter in letters}) == len(letters)
        return {str(letter["To"]): letter for letter in letters}


@pytest.fixture
def office() -> Iterator[tuple[PostOffice, int]]:
    kept = PostOffice()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield kept, controller.port
    controller.stop()


@pytest.fixture
def town(tmp_path: Path, office: tuple[PostOffice, int]) -> Workspace:
    workspace = Workspace(tmp_path / "town")
    workspace.create(contracts.municipality_settings("esimerkkila") + MAIL.format(port=office[1]))
    return workspace


def _after_due(workspace: Workspace, source: str) -> datetime:
    """Deliver a file of a source and return a moment when the next one is overdue."""
    (workspace.inbox / source / "tiedosto.csv").write_text("sisältö", encoding="utf-8")
    (file,) = landing.land_inbox(workspace, source)
    day = due_after(file.received.date(), contracts.sources()[source])
    return datetime.combine(day, datetime.max.time(), UTC).replace(year=day.year + 1)


def _text(letter: EmailMessage) -> str:
    return str(letter.get_content())


def test_each_owner_is_told_once_with_what_to_do(office: tuple[PostOffice, int], town: Workspace) -> None:
    post, _ = office
    status = status_of(town, _after_due(town, "premises_bookings"))
    assert tell(town, status, "") == 2
    letters = post.taken()
    assert set(letters) == {KEEPER, PREMISES}
    overdue = next(finding for finding in status.findings if finding.kind == "overdue")
    assert overdue.said.fi in _text(letters[PREMISES])
    assert overdue.todo.fi in _text(letters[PREMISES])
    assert overdue.said.fi not in _text(letters[KEEPER])
    assert message("status.edition.said").fi in _text(letters[KEEPER])
    assert letters[PREMISES]["Auto-Submitted"] == "auto-generated"
    assert tell(town, status, "") == 0
    assert post.taken() == {}


def test_a_fault_that_went_away_is_forgotten_and_told_when_it_is_back(
    office: tuple[PostOffice, int], town: Workspace
) -> None:
    post, _ = office
    late = _after_due(town, "premises_bookings")
    tell(town, status_of(town, late), "")
    post.taken()
    assert tell(town, status_of(town), "") == 0  # today it is not late
    assert tell(town, status_of(town, late), "") == 1
    assert set(post.taken()) == {PREMISES}


def test_who_could_not_be_told_is_told_the_next_time(office: tuple[PostOffice, int], town: Workspace) -> None:
    post, _ = office
    status = status_of(town, _after_due(town, "premises_bookings"))
    post.unknown = {KEEPER}
    with pytest.raises(MailFailed, match=r"127\.0\.0\.1"):
        tell(town, status, "")
    assert set(post.taken()) == {PREMISES}
    post.unknown = set()
    assert tell(town, status, "") == 1
    assert set(post.taken()) == {KEEPER}


def test_a_server_that_is_away_is_a_sentence_and_loses_nothing(office: tuple[PostOffice, int], town: Workspace) -> None:
    post, port = office
    settings = town.settings_file.read_text(encoding="utf-8")
    town.settings_file.write_text(settings.replace(f"port = {port}", f"port = {free_port()}"), encoding="utf-8")
    with pytest.raises(MailFailed, match=r"\[mail\]"):
        tell(town, status_of(town), "")
    town.settings_file.write_text(settings, encoding="utf-8")
    assert tell(Workspace(town.root), status_of(town), "") == 1
    assert set(post.taken()) == {KEEPER}


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that nobody knows yet, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, secret


def test_a_password_goes_only_to_a_server_that_is_who_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = _certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    heard: list[bytes] = []

    def know(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: object) -> AuthResult:
        assert isinstance(login, LoginPassword)
        heard.append(login.password)
        return AuthResult(success=login == LoginPassword(b"yhteispeli", b"salaisuus"))

    post = PostOffice()
    controller = Controller(
        post, hostname="127.0.0.1", port=free_port(), tls_context=context, authenticator=know, auth_required=True
    )
    controller.start()
    try:
        settings = MAIL.format(port=controller.port).replace("starttls = false", 'user = "yhteispeli"')
        workspace = Workspace(tmp_path / "town")
        workspace.create(contracts.municipality_settings("esimerkkila") + settings)
        status = status_of(workspace)
        with pytest.raises(MailFailed):
            tell(workspace, status, "salaisuus")
        assert heard == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with pytest.raises(MailFailed) as refused:
            tell(workspace, status, "arvaus")
        assert "arvaus" not in str(refused.value)
        assert tell(workspace, status, "salaisuus") == 1
        kept = [file.read_bytes() for file in workspace.root.rglob("*") if file.is_file()]
        assert not [content for content in kept if b"salaisuus" in content]
        assert set(post.taken()) == {KEEPER}
    finally:
        controller.stop()


def test_the_schedule_of_each_morning_tells(office: tuple[PostOffice, int], town: Workspace) -> None:
    post, _ = office
    definitions = build_definitions(town)
    (schedule,) = (item for item in definitions.schedules or [] if getattr(item, "cron_schedule", "") == "0 7 * * *")
    assert isinstance(schedule, dg.ScheduleDefinition)
    result = definitions.resolve_job_def(schedule.job_name).execute_in_process()
    assert result.success
    assert set(post.taken()) == {KEEPER}


def test_without_settings_nobody_is_told(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "town")
    workspace.create(contracts.municipality_settings("esimerkkila"))
    assert tell(workspace, status_of(workspace), "") == 0
    assert not workspace.told_file.exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('owners = {{ "premises_services"', 'owners = {{ "nobody"'),
        ("starttls = false", 'starttls = false\nuser = "yhteispeli"'),
        ("yllapito@esimerkkila.example", "yllapito"),
    ],
)
def test_settings_that_can_not_be_right_are_refused(told: str, said: str) -> None:
    text = contracts.municipality_settings("esimerkkila") + MAIL.replace(told, said).format(port=25)
    with pytest.raises(WorkspaceError, match="mail"):
        parse_settings(text, "municipality.toml")
