"""Asking for the own password again before a sensitive change of the account."""

from __future__ import annotations

from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from kkpd.core.errors import DomainError
from kkpd.organisation import guessing, own_account, passwords
from kkpd.records import security_log
from kkpd.web.forms import PageForm
from kkpd.web.globals import now
from kkpd.web.request.permissions import actor
from kkpd.web.request.transaction import writing
from kkpd.web.translation import _l


class ConfirmForm(PageForm):
    """A form that asks for the own password."""

    lama = PasswordField(
        _l("Kata sandi sekarang"), [InputRequired(), Length(max=passwords.LONGEST)]
    )


def confirm_password(form: ConfirmForm) -> None:
    """DomainError unless the form carries the own password; tries are counted and limited.

    Call it outside `writing()`: a wrong try stays counted, and no lock is held while it is checked.
    """
    with writing() as session:
        attempt = own_account.confirm(session, actor(), now())
    if not passwords.cocok(attempt.sandi_hash, form.lama.data or ""):
        security_log.note("akun:sandi:ulang", "gagal", subject=f"pengguna:{actor().pengguna_id}")
        raise DomainError("Kata sandi sekarang salah. Ketik ulang.", field="lama")
    with writing() as session:
        guessing.succeeded(session, attempt.ids)


def form_status(refusal: DomainError) -> int:
    """The status of a form that was refused: 429 for too many tries, else 422."""
    return 429 if refusal.status == 429 else 422
