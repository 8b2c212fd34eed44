"""CAMT.052, .053 and .054 in any version: one line an entry (`Ntry`), whatever it bundles."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kkpd.core.errors import Unreadable
from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.amounts import decide_decimal, take_apart, to_decimal
from kkpd.engines.reading.formats.accounts import Account, AccountEntry, Books
from kkpd.engines.reading.guard import refuse_entities
from kkpd.engines.reading.profile import Kinds, Profile
from kkpd.engines.reading.statement import Line, Notes

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_STATEMENTS = ("Stmt", "Rpt", "Ntfctn")
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD", "ITBD")
_NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NONREF", "NOT PROVIDED"})
_NOT_XML = "Berkas XML rusak atau terpotong. Unduh ulang dari bank lalu unggah lagi."


def read(data: bytes, profile: Profile, notes: Notes) -> list[Line]:
    """The entries of all statements. Raises Unreadable for hostile, damaged or other XML."""
    books = Books(notes, Kinds(profile))
    account: Account | None = None
    owner: Element | None = None
    for element in elements(data):
        name, above = _name(element), element.getparent()
        if _name(above) not in _STATEMENTS:
            continue
        if name == "Acct" or above is not owner:  # a statement may name no account
            account, owner = _account(element) if name == "Acct" else Account(), above
            books.accounts.append(account)
        assert account is not None, "made with its owner"
        if name == "Bal":
            _balance(element, account)
        elif name == "Ntry":
            _entry(element, account, books, notes)
            element.clear()
    if not books.accounts:
        raise Unreadable(
            "XML ini bukan rekening koran CAMT.052, CAMT.053 atau CAMT.054. "
            "Unduh jenis berkas itu dari bank."
        )
    return books.lines()


def elements(data: bytes) -> Iterator[Element]:
    """Elements as they end, without entities, network or document types, or Unreadable."""
    from lxml import etree

    refuse_entities(data)
    parsed = etree.iterparse(
        io.BytesIO(data.lstrip(b"\x00 \t\r\n")),
        events=("end",),
        tag=("{*}Acct", "{*}Bal", "{*}Ntry"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
    )
    try:
        for _, element in parsed:
            yield element
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise Unreadable(_NOT_XML) from wrong


def _name(element: Element | None) -> str:
    tag = element.tag if element is not None else None
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(element: Element, *paths: str) -> str:
    """The text of the first path that holds some; path steps are local names."""
    for path in paths:
        for found in element.findall("/".join(f"{{*}}{step}" for step in path.split("/"))):
            text = " ".join("".join(found.itertext()).split())
            if text:
                return text
    return ""


def _texts(element: Element, path: str) -> list[str]:
    found = element.findall(".//" + "/".join(f"{{*}}{step}" for step in path.split("/")))
    return [text for one in found if (text := " ".join((one.text or "").split()))]


def _account(element: Element) -> Account:
    return Account(
        number=_text(element, "Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id") or None,
        currency=_text(element, "Ccy") or None,
    )


def _balance(element: Element, account: Account) -> None:
    """Opening or closing; of two kinds of either, the stricter one counts."""
    code = _text(element, "Tp/CdOrPrtry/Cd", "Tp/Cd")
    value = _amount(_text(element, "Amt"))
    if value is None or code not in (*_OPENING, *_CLOSING):
        return
    signed = -value if _text(element, "CdtDbtInd") == "DBIT" else value
    money = element.find("{*}Amt")
    currency = money.get("Ccy") if money is not None else None
    account.currency = account.currency or currency
    account.one_currency &= currency in (None, account.currency)
    if code in _OPENING and (account.opening is None or code == _OPENING[0]):
        account.opening = signed
    if code in _CLOSING and (account.closing is None or code == _CLOSING[0]):
        account.closing = signed
        account.closing_date = _day(element, "Dt/Dt", "Dt/DtTm", "Dt")


def _amount(text: str) -> Decimal | None:
    written = take_apart(text)
    if written is None or written.mark:
        return None
    sign = "." if "," not in written.core else (decide_decimal([written.core]) or ",")
    value = to_decimal(written.core, sign)
    return -value if value is not None and written.negative else value


def _day(element: Element, *paths: str) -> date | None:
    return dates.fixed(_text(element, *paths))


def _entry(element: Element, account: Account, books: Books, notes: Notes) -> None:
    row = int(element.sourceline or 0)
    amount = _amount(_text(element, "Amt"))
    mark = _text(element, "CdtDbtInd", "NtryDtls/TxDtls/CdtDbtInd")
    if amount is None or mark not in ("CRDT", "DBIT"):
        books.wrong(row, f"jumlah entri “{_text(element, 'Amt')[:40]}” {mark} tidak terbaca")
        return
    booked = _text(element, "BookgDt/Dt", "BookgDt/DtTm")
    if booked and dates.fixed(booked) is None:
        books.wrong(row, f"tanggal “{booked[:40]}” tidak ada di kalender")
        return
    details = element.findall("{*}NtryDtls/{*}TxDtls")
    only = details[0] if len(details) == 1 else element
    money = element.find("{*}Amt")
    account.entries.append(
        AccountEntry(
            row=row,
            amount=amount if mark == "DBIT" else -amount,
            transaction_date=_transaction_day(element, only),
            posting_date=dates.fixed(booked),
            description=_description(element),
            merchant=_party(only, "Cdtr" if mark == "DBIT" else "Dbtr") or None,
            reference=_reference(element, only),
            card=_text(element, "CardTx/Card/PlainCardData/PAN", "CardTx/Card/MskdPAN")
            or _text(only, "CardTx/Card/PlainCardData/PAN", "CardTx/Card/MskdPAN"),
            mcc=_text(only, "CardTx/Tx/MrchntCtgyCd", "CardTx/POI/MrchntCtgyCd") or None,
            currency=money.get("Ccy") if money is not None else None,
        )
    )
    _remark(element, row, len(details), notes)


def _remark(element: Element, row: int, details: int, notes: Notes) -> None:
    if _text(element, "Sts/Cd", "Sts") in ("PDNG", "INFO", "FUTR"):
        notes.find("belum_dibukukan", f"Entri pada baris {row} belum dibukukan bank.", row=row)
    if details > 1:
        notes.find(
            "entri_gabungan",
            f"Entri pada baris {row} menggabungkan {details} rincian dalam satu jumlah.",
            "info",
            row,
        )


def _transaction_day(entry: Element, only: Element) -> date | None:
    return _day(only, "RltdDts/TxDtTm", "RltdDts/AccptncDtTm", "CardTx/Tx/TxDtTm") or _day(
        entry, "ValDt/Dt", "ValDt/DtTm", "BookgDt/Dt", "BookgDt/DtTm"
    )


def _party(details: Element, side: str) -> str:
    return _text(
        details,
        *(f"{prefix}RltdPties/{role}/{name}"
          for prefix in ("", "NtryDtls/TxDtls/")
          for role in (f"Ultmt{side}", side)
          for name in ("Nm", "Pty/Nm")),
    )  # fmt: skip


def _description(entry: Element) -> str:
    said = _texts(entry, "RmtInf/Ustrd") or _texts(entry, "RmtInf/Strd/CdtrRefInf/Ref")
    said = said or _texts(entry, "AddtlTxInf")
    return " ".join(dict.fromkeys([*said[:20], _text(entry, "AddtlNtryInf")])).strip()


def _reference(entry: Element, only: Element) -> str | None:
    names = [
        _text(entry, "AcctSvcrRef"),
        _text(only, "Refs/AcctSvcrRef"),
        _text(only, "Refs/EndToEndId"),
        _text(entry, "NtryRef"),
    ]
    return next((name for name in names if name.upper() not in _NO_REFERENCE), None)
