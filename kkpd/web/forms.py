"""Forms: fields for money, dates and files. What is wrong is told by `web/request/refused.py`.

CSRF is checked for the whole program (kkpd.app), so forms have no token field.

A form that signs or issues sends back what its page showed (`versi-N`, `terlihat`), so that the
verb can refuse when it changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import Field, FieldList, FileField, FormField, MultipleFileField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # not in stubs yet
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from kkpd.core.errors import DomainError, FormRefused
from kkpd.core.money import Rupiah
from kkpd.web.globals import settings
from kkpd.web.translation import _, language

DATE_FORMS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y")


class _Messages:
    """WTForms' own messages: English in the library, Indonesian from our catalogue."""

    def gettext(self, string: str) -> str:
        """The sentence in the page's language."""
        return _(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Indonesian has one form for any number."""
        english_one = n == 1 and language() == "en"
        return self.gettext(singular if english_one else plural)


class PageForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """The base of every form."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # flask-wtf ships no types
        """No token field (the program checks it), and our own messages."""

        csrf = False

        def get_translations(self, _form: BaseForm) -> _Messages:
            """The messages of WTForms' validators."""
            return _Messages()

    def check(self) -> None:
        """FormRefused with every wrong field; the page is shown again by `stands_on`."""
        if not self.validate():
            raise FormRefused(
                [
                    (field.name, str(field.label.text), str(message))
                    for field in _leaves(self)
                    for message in field.errors
                ]
            )


def options(pairs: Iterable[tuple[object, str]]) -> list[Any]:
    """Choices of a SelectField or RadioField from (value, label) pairs; values are sent as text."""
    return [SelectChoice(value=str(value), label=label) for value, label in pairs]


class _Read(StringField):
    """A field whose text is parsed; a parse error is shown first."""

    data: Any

    def validate(self, form: BaseForm, extra_validators: tuple[Any, ...] | list[Any] = ()) -> bool:
        """Skip further errors, such as "required", when the text could not be parsed."""
        if self.process_errors:
            self.errors = list(self.process_errors)
            return False
        return bool(super().validate(form, extra_validators))


class RupiahField(_Read):
    """`1.234.567` or `Rp 1.234.567,50` typed, a Rupiah as data."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Parse the text; the error is the sentence of Rupiah.parse."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = Rupiah.parse(valuelist[0])
            except DomainError as refusal:
                raise ValueError(refusal.message) from refusal

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)


class DayField(_Read):
    """`24/11/2026` (or `2026-11-24`) typed, a date as data."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Parse the text; an impossible date such as 31/02 gets its own error."""
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = read_date(valuelist[0].strip())

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%d/%m/%Y}" if isinstance(self.data, date) else ""


def read_date(text: str) -> date:
    """The date that was typed; ValueError with a sentence if it is not a date."""
    for form in DATE_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValueError(
        _("“%(text)s” bukan tanggal yang ada. Tulis seperti 24/11/2026.", text=text[:20])
    )


class UploadField(MultipleFileField):
    """One or more files; `uploads(form.bukti)` returns those that were sent."""


class FileSize:
    """Validator: no file may be empty or larger than `most` bytes (None: the evidence limit)."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most

    def __call__(self, _form: BaseForm, field: Field) -> None:
        """Refuse, naming the file."""
        most = self.most or settings().max_evidence_bytes
        for upload in uploads(field):
            size = _size_of(upload)
            if size == 0:
                raise ValidationError(
                    _("Berkas “%(nama)s” kosong. Pilih berkas lain.", nama=upload.filename)
                )
            if size > most:
                raise ValidationError(
                    _(
                        "Berkas “%(nama)s” lebih dari %(batas)s MB. Perkecil atau pindai ulang.",
                        nama=upload.filename,
                        batas=most // (1024 * 1024),
                    )
                )


def uploads(field: Field) -> list[FileStorage]:
    """The files sent in a file field (without the empty one that browsers send for no file)."""
    data = field.data if isinstance(field.data, list) else [field.data]
    return [part for part in data if isinstance(part, FileStorage) and part.filename]


def _size_of(upload: FileStorage) -> int:
    size = upload.stream.seek(0, 2)
    upload.stream.seek(0)
    return size


def has_file(form: BaseForm) -> bool:
    """Whether the form must be sent as multipart."""
    return any(isinstance(field, FileField | MultipleFileField) for field in _leaves(form))


def _leaves(form: BaseForm) -> Iterator[Field]:
    """The fields that hold data, inside field lists and sub-forms too."""
    pending = list(form)
    while pending:
        field = pending.pop(0)
        if isinstance(field, FieldList | FormField):
            pending = [*field, *pending]
        else:
            yield field
