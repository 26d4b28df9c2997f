"""Mail to the owners of data that is overdue or fails: once a fault, with what to do.

Here belongs: who is told what, what has been told already, and sending it. Not here: what is wrong (`status`), when
this is done (`pipelines.schedules`), the settings `[mail]`.

`told_faults.json` of the workspace remembers the faults that were told and still last. It is written after each letter,
so a crash tells a fault twice at worst and never not at all; a fault that went away is forgotten, and told again when
it comes back.
"""

from __future__ import annotations

import json
import os
import smtplib
import ssl
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

from pipelines import console
from pipelines.contracts import message
from pipelines.service.status import Finding, Status
from pipelines.settings import Mail, WorkspaceError
from pipelines.workspace import Workspace

PASSWORD: Final = "YHTEISPELI_MAIL_PASSWORD"  # noqa: S105 - the name of the variable, not a password
"""Environment variable with the password of the mail server."""

TOLD: Final = frozenset(
    {"run", "interface", "edition", "unreadable", "part", "space", "overdue", "never", "refused", "check"}
)
"""Kinds of findings that are mailed: what is overdue or fails. `yhteispeli status` tells what waits for a person."""

PATIENCE: Final = 30.0
"""Seconds to wait for the mail server."""


class MailFailed(Exception):  # noqa: N818 - the word that people see
    """Letters could not be sent; the message is one Finnish sentence."""


def tell(workspace: Workspace, status: Status, password: str) -> int:
    """Mail what has not been told yet to those who can mend it, and return how many letters were sent.

    Parameters
    ----------
    password
        Password of the user that the settings name; not used when they name none.

    Raises
    ------
    MailFailed
        A letter could not be sent; the others were, and this one is tried again the next time.
    WorkspaceError
        `told_faults.json` can't be read.
    """
    mail = workspace.settings.mail
    if mail is None:
        return 0
    lasting = {finding.key: finding for finding in status.findings if finding.kind in TOLD}
    told = {key: at for key, at in _told(workspace).items() if key in lasting}
    _remember(workspace, told)
    sent, failures = 0, []
    for address, findings in _by_address(mail, (item for key, item in lasting.items() if key not in told)).items():
        try:
            _send(mail, _letter(mail, address, status, findings, workspace.settings.contact.name), password)
        except (OSError, smtplib.SMTPException) as error:
            failures.append(message("mail.failed", host=mail.host, detail=error)[console.LANGUAGE])
            continue
        told |= {finding.key: status.at.isoformat() for finding in findings}
        _remember(workspace, told)
        sent += 1
    if failures:
        raise MailFailed(failures[0])
    return sent


def _by_address(mail: Mail, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(mail.owners.get(finding.owner, mail.keeper), []).append(finding)
    return grouped


def _letter(mail: Mail, address: str, status: Status, findings: list[Finding], contact: str) -> EmailMessage:
    language = console.LANGUAGE
    items = [
        f"{number}. {item.said[language]}\n   {message('status.todo', todo=item.todo[language])[language]}"
        for number, item in enumerate(findings, start=1)
    ]
    town = " ".join(status.municipality.split())  # a header is one line
    letter = EmailMessage()
    letter["From"], letter["To"] = mail.sender, address
    letter["Subject"] = message("mail.subject", municipality=town, count=len(findings))[language]
    letter["Date"] = format_datetime(datetime.now(UTC))
    letter["Message-ID"] = make_msgid(domain=mail.sender.partition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    opening = message("mail.opening", municipality=town)[language]
    closing = message("mail.closing", contact=contact)[language]
    letter.set_content("\n\n".join([opening, *items, closing]) + "\n", cte="quoted-printable")
    return letter


def _send(mail: Mail, letter: EmailMessage, password: str) -> None:
    with smtplib.SMTP(mail.host, mail.port, timeout=PATIENCE) as server:
        if mail.starttls:
            server.starttls(context=ssl.create_default_context())
        if mail.user:
            server.login(mail.user, password)
        server.send_message(letter)


def _told(workspace: Workspace) -> dict[str, str]:
    if not workspace.told_file.is_file():
        return {}
    try:
        return dict(json.loads(workspace.told_file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise WorkspaceError(message("mail.unreadable", path=workspace.told_file)[console.LANGUAGE]) from error


def _remember(workspace: Workspace, told: Mapping[str, str]) -> None:
    """Write what was told, whole or not at all."""
    draft = workspace.told_file.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(told, file, ensure_ascii=False, indent=2, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(workspace.told_file)
