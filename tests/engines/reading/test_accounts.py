"""MT940, CAMT and OFX: the liberties banks take, balances, signs, refusals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kkpd.core.errors import Unreadable
from kkpd.engines.reading import Statement, parse

D = Decimal


def mt940(*tags: str, end: str = "\r\n") -> Statement:
    return parse(end.join((":20:X", ":25:123/456", *tags, "-")).encode())


@pytest.mark.parametrize(
    ("movement", "amount", "valued", "booked"),
    [
        (":61:2001050105D12,50NTRFREF//BANK", "12.50", date(2020, 1, 5), date(2020, 1, 5)),
        (":61:2001050105C12,NTRFREF//BANK", "-12", date(2020, 1, 5), date(2020, 1, 5)),
        (":61:2001050105DR,50NTRFNONREF", "0.50", date(2020, 1, 5), date(2020, 1, 5)),
        (":61:200105CN50,00NZ10NONREF", "-50.00", date(2020, 1, 5), None),
        (":61:200101    D65,00NOVBNL47", "65.00", date(2020, 1, 1), None),
        (":61:2001050105RC5,00NTRFNONREF", "5.00", date(2020, 1, 5), date(2020, 1, 5)),
        (":61:2001050105RDR5,00NTRFNONREF", "-5.00", date(2020, 1, 5), date(2020, 1, 5)),
        (":61:1912310102D1,00NTRFNONREF", "1.00", date(2019, 12, 31), date(2020, 1, 2)),
        (":61:2001021231D1,00NTRFNONREF", "1.00", date(2020, 1, 2), date(2019, 12, 31)),
        (":61:1602300230D1,00NTRFNONREF", "1.00", date(2016, 2, 29), date(2016, 2, 29)),
        (":61:2001050105DD000000000001,62NTRF1", "1.62", date(2020, 1, 5), date(2020, 1, 5)),
        (":61:2001050105CD0,00NDEFNONREF//", "0.00", date(2020, 1, 5), date(2020, 1, 5)),
        (":61:2001050105CR\r\n30,00N062NONREF", "-30.00", date(2020, 1, 5), date(2020, 1, 5)),
        (":61:2001050105DF2402,00S   X", "2402.00", date(2020, 1, 5), date(2020, 1, 5)),
        (":61:2001050105D1.234,50NTRFX", "1234.50", date(2020, 1, 5), date(2020, 1, 5)),
        (":61:2001050105D1234.50NTRFX", "1234.50", date(2020, 1, 5), date(2020, 1, 5)),
        (":61:2001050105D1.234NTRFX", "1234", date(2020, 1, 5), date(2020, 1, 5)),
    ],
)
def test_mt940_movements(movement: str, amount: str, valued: date, booked: date | None) -> None:
    (line,) = mt940(movement).lines
    assert (str(line.amount), line.transaction_date, line.posting_date) == (amount, valued, booked)
    assert line.direction == ("C" if line.amount < 0 else "D")


def test_mt940_says_when_a_day_is_moved_to_the_months_end() -> None:
    assert [f.rule for f in mt940(":61:1602300230D1,00NTRFX").findings] == ["tanggal_digeser"]


@pytest.mark.parametrize(
    ("details", "description", "merchant"),
    [
        (":86:166?00BELI?20Zweck?21fort\r\nsatz?32KARL ?33MUS", "BELI Zweckfortsatz", "KARL MUS"),
        (":86:/TRTP/SEPA/NAME/TOKO A/REMI/ATK", "/TRTP/SEPA/NAME/TOKO A/REMI/ATK", "TOKO A"),
        (":86:BELANJA  ATK\r\nTOKO B", "BELANJA ATK TOKO B", None),
        (":86:", "detail", None),
        (":NS:22JOHN\r\n23Doe", "detail 22JOHN 23Doe", None),
        (":25:166?00SALAH?20TAG", "SALAH TAG", None),
    ],
)  # fmt: skip
def test_mt940_details(details: str, description: str, merchant: str | None) -> None:
    (line,) = mt940(":61:2001050105D1,00NTRFNONREF//R1\r\ndetail", details).lines
    assert (line.description, line.merchant, line.reference) == (description, merchant, "R1")


def test_mt940_details_given_twice_are_both_kept() -> None:
    statement = mt940(
        ":61:2001050105D1,00NTRFREF", ":86:/NAME/TOKO A/REMI/ATK", ":86:REF 77", ":61:200105D2,NTRF"
    )
    assert [(line.description, line.merchant) for line in statement.lines] == [
        ("/NAME/TOKO A/REMI/ATK REF 77", "TOKO A"),
        ("", None),
    ]


def test_mt940_details_after_a_balance_belong_to_the_statement() -> None:
    statement = mt940(":61:2001050105D1,00NTRFREF", ":86:A", ":62F:D200105IDR1,", ":86:IKLAN")
    assert [line.description for line in statement.lines] == ["A"]


def test_mt940_balances_and_their_check() -> None:
    good = mt940(":60F:C200101IDR100,", ":61:200102D30,NTRFX", ":62F:C200102IDR70,00")
    assert (good.opening, good.closing, good.currency) == (D(100), D("70.00"), "IDR")
    assert (good.status, good.findings) == ("terbukti", ())
    bad = mt940(":60F:C200101IDR100,", ":61:200102D30,NTRFX", ":62F:D200102IDR70,00")
    assert [finding.rule for finding in bad.findings] == ["tercetak_berbeda"]
    assert (bad.status, bad.questions[0].rows) == ("ditanya", (4,))
    unread = mt940(":60F:X", ":61:200102D30,NTRFX")
    assert [finding.rule for finding in unread.findings] == ["saldo_tidak_terbaca"]


def test_mt940_many_statements() -> None:
    one = ":20:A\n:25:1\n:60F:C200101IDR100,\n:61:200102D30,NTRFX\n:62F:C200102IDR70,\n-\n"
    two = ":20:B\n:25:1\n:60F:C200103IDR70,\n:61:200104C5,NTRFX\n:62F:C200104IDR75,\n-}{5:}\n"
    gap = two.replace("IDR70", "IDR60").replace("IDR75", "IDR65")
    other = two.replace(":25:1", ":25:2")
    joined = parse((one + two).encode())
    assert (joined.opening, joined.closing, len(joined.bills)) == (D(100), D(75), 2)
    broken = parse((one + gap).encode())
    assert [f.rule for f in broken.findings] == ["saldo_terputus"]
    assert [question.key for question in broken.questions] == ["beda_tercetak"]
    parted = parse((one + other).encode())
    assert (parted.opening, parted.closing) == (None, None)
    assert [line.sheet for line in parted.lines] == ["1", "2"]


def test_mt942_and_lost_line_breaks() -> None:
    interim = ":20:ST\n:25:PL1\n:34F:PLN0\n:61:1701190119CN0,01NTRFNONREF\n:90C:1PLN0,01\n-"
    assert parse(interim.encode()).currency in ("PLN", None)
    assert parse(interim.encode()).lines[0].currency == "PLN"
    glued = ":20:A:25:1:28C:1:60F:C200101IDR100,:61:200102D30,NTRFX:86:ATK:62F:C200102IDR70,"
    assert [line.amount for line in parse(glued.encode()).lines] == [D(30)]
    expected = mt940(":61:2001050105ED1,00NTRFX")
    assert [finding.rule for finding in expected.findings] == ["belum_dibukukan"]


@pytest.mark.parametrize("movement", [":61:INVALID", ":61:201301D1,00N", ":61:200100D1,00N"])
def test_mt940_refuses_what_it_cannot_read(movement: str) -> None:
    with pytest.raises(Unreadable, match="Baris 3: mutasi"):
        mt940(movement)


def camt(entries: str, head: str = "", kind: str = "Stmt", version: int = 2) -> Statement:
    text = (
        f'<?xml version="1.0"?><Document xmlns="urn:iso:tech:xsd:camt.053.001.0{version}">'
        f"<BkToCstmrStmt><{kind}><Acct><Id><IBAN>X1</IBAN></Id></Acct>{head}{entries}</{kind}>"
        "</BkToCstmrStmt></Document>"
    )
    return parse(text.encode())


def entry(amount: str = "8.85", mark: str = "DBIT", more: str = "", day: str = "2025-01-31") -> str:
    return (
        f'<Ntry><Amt Ccy="IDR">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt>{more}</Ntry>"
    )


BALANCES = "".join(
    f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="IDR">{value}</Amt>'
    f"<CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>2025-01-31</Dt></Dt></Bal>"
    for code, value, mark in (
        ("PRCD", "1", "CRDT"), ("OPBD", "100", "CRDT"), ("OPAV", "7", "CRDT"),
        ("CLBD", "91.15", "CRDT"), ("ITBD", "2", "DBIT"), ("CLAV", "x", "CRDT"),
    )
)  # fmt: skip


@pytest.mark.parametrize("kind", ["Stmt", "Rpt", "Ntfctn"])
@pytest.mark.parametrize("version", [2, 8])
def test_camt_entries_of_any_message(kind: str, version: int) -> None:
    statement = camt(entry() + entry("1,50", "CRDT"), kind=kind, version=version)
    assert [(str(line.amount), line.direction) for line in statement.lines] == [
        ("8.85", "D"),
        ("-1.50", "C"),
    ]


def test_camt_balances() -> None:
    statement = camt(entry(), BALANCES)
    assert (statement.opening, statement.closing) == (D(100), D("91.15"))
    assert not statement.findings


def test_camt_takes_the_entrys_amount_not_its_details() -> None:
    details = "<NtryDtls>" + 2 * '<TxDtls><Amt Ccy="USD">0</Amt></TxDtls>' + "</NtryDtls>"
    statement = camt(entry(more=details))
    assert [(line.amount, line.currency) for line in statement.lines] == [(D("8.85"), "IDR")]
    assert [finding.rule for finding in statement.findings] == ["entri_gabungan"]


def test_camt_card_and_party() -> None:
    details = (
        "<AcctSvcrRef>S1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
        "<CardTx><Card><PlainCardData><PAN>4111111111111111</PAN></PlainCardData></Card></CardTx>"
        "<RltdPties><Cdtr><Pty><Nm>TOKO A</Nm></Pty></Cdtr></RltdPties><RmtInf><Ustrd>ATK</Ustrd>"
        "</RmtInf><RltdDts><TxDtTm>2025-01-29T08:00:00+07:00</TxDtTm></RltdDts></TxDtls></NtryDtls>"
    )
    (line,) = camt(entry(more=details)).lines
    assert (line.card_last4, line.merchant, line.description) == ("1111", "TOKO A", "ATK")
    assert (line.transaction_date, line.posting_date) == (date(2025, 1, 29), date(2025, 1, 31))
    assert line.reference == "S1"


def test_camt_pending_entries_are_said() -> None:
    statement = camt(entry().replace("<Sts>BOOK</Sts>", "<Sts><Cd>PDNG</Cd></Sts>"))
    assert [finding.rule for finding in statement.findings] == ["belum_dibukukan"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entry("1.2.3"), "jumlah entri"),
        (entry(mark=""), "jumlah entri"),
        (entry("1 CR"), "jumlah entri"),
        (entry(day="2025-02-31"), "tidak ada di kalender"),
    ],
)
def test_camt_refuses_wrong_entries(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        camt(text)


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><D>&a;</D>',
        '<?xml version="1.0"?><Document><Stmt>',
        '<?xml version="1.0"?><Document/>',
        "<Document>" * 500,
    ],
)  # fmt: skip
def test_other_xml_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text.encode())
    with pytest.raises(Unreadable):
        parse(text.encode("utf-16"))


HEADER = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nCHARSET:1252\n\n"


def ofx(rows: str, account: str = "STMTRS", head: str = "<CURDEF>IDR<ACCTID>0012") -> Statement:
    text = f"{HEADER}<OFX><{account}>{head}<BANKTRANLIST>{rows}</BANKTRANLIST></{account}></OFX>"
    return parse(text.encode("cp1252"))


def transaction(amount: str = "-10.00", posted: str = "20250131", more: str = "") -> str:
    return f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>{posted}<TRNAMT>{amount}<FITID>F1{more}"


@pytest.mark.parametrize(
    ("amount", "ours"),
    [
        ("-10.00", "10.00"), ("+1 006,60", "-1006.60"), ("+1,006.60", "-1006.60"),
        ("-2000,00", "2000.00"), ("12", "-12"), ("$120", "-120"), ("-1,500", "1.500"),
    ],
)  # fmt: skip
def test_ofx_amounts(amount: str, ours: str) -> None:
    assert [str(line.amount) for line in ofx(transaction(amount)).lines] == [ours]


@pytest.mark.parametrize(
    ("posted", "day"),
    [
        ("20250131", date(2025, 1, 31)),
        ("20250131120000.000[-5:EST]", date(2025, 1, 31)),
        ("202501311200", date(2025, 1, 31)),
        ("2025-01-31", date(2025, 1, 31)),
        ("00000000", None),
        ("", None),
    ],
)
def test_ofx_dates(posted: str, day: date | None) -> None:
    statement = ofx(transaction(posted=posted))
    assert statement.lines[0].transaction_date == day
    assert [f.rule for f in statement.findings] == ([] if day else ["tanpa_tanggal"])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (transaction("1,234.5.6"), "jumlah"),
        (transaction(posted="20250231"), "kalender"),
        (transaction(posted="201120000000"), "kalender"),
        ("<STMTTRN><FITID>1", "jumlah"),
    ],
)
def test_ofx_refuses_wrong_rows(row: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        ofx(row)


def test_ofx_texts_tags_and_characters() -> None:
    row = transaction(
        more="<NAME>CAFÉ &amp; CO<MEMO/><CHKNUM>1<PAYEE><NAME>P</PAYEE><CURRENCY><CURSYM>USD"
    )
    (line,) = ofx(row + "</STMTTRN>").lines
    assert (line.merchant, line.description, line.currency) == ("CAFÉ & CO", "CAFÉ & CO", "USD")
    cdata = ofx(transaction(more="<MEMO><![CDATA[A <B> C]]></MEMO>"))
    assert cdata.lines[0].description == "A <B> C"


def test_ofx_card_accounts_keep_the_last_four_only() -> None:
    statement = ofx(transaction(), "CCSTMTRS", "<CURDEF>IDR<ACCTID>4111111111111111")
    assert statement.lines[0].card_last4 == "1111"
    assert statement.bill is not None
    assert statement.bill.account == "****1111"


def test_ofx_investments_and_pending_rows_are_skipped_with_a_reason() -> None:
    statement = ofx("<BUYSTOCK><INVTRAN><FITID>1<MEMO>BUY</INVTRAN></BUYSTOCK>", "INVSTMTRS")
    assert [row.reason for row in statement.skipped] == [
        "mutasi investasi, bukan mutasi kartu atau rekening"
    ]
    pending = ofx("<STMTTRNP><TRNAMT>-1<NAME>A</STMTTRNP>" + transaction())
    assert [row.reason for row in pending.skipped] == ["belum dibukukan bank"]
    assert len(pending.lines) == 1


def test_ofx_says_what_the_bank_says_and_what_is_odd() -> None:
    failed = parse(f"{HEADER}<OFX><STATUS><CODE>1<MESSAGE>No such user".encode())
    assert {finding.rule for finding in failed.findings} == {"pesan_bank", "tanpa_mutasi"}
    plus = ofx(2 * transaction("5.00"))
    assert [finding.rule for finding in plus.findings] == ["tanda_jumlah"]
    loose = parse(f"{HEADER}<OFX>{transaction()}".encode())
    assert len(loose.lines) == 1
    with pytest.raises(Unreadable, match="entitas"):
        parse(b'<!DOCTYPE OFX [<!ENTITY a "b">]><OFX></OFX>')


def test_ofx_balance_is_the_closing_one() -> None:
    statement = ofx(transaction() + "</BANKTRANLIST><LEDGERBAL><BALAMT>90,50<DTASOF>20250131")
    assert (statement.closing, statement.currency) == (D("90.50"), "IDR")


@pytest.mark.parametrize("charset", ["1252", "ISO-8859-1", "8859-1", "NONE", "1251", "99999"])
def test_ofx_charsets(charset: str) -> None:
    text = HEADER.replace("1252", charset) + f"<OFX><STMTRS>{transaction(more='<NAME>A')}</OFX>"
    assert parse(text.encode("latin-1") + b"\xe9").lines[0].merchant == "A"


def test_marks_in_small_letters_and_statements_that_name_no_account() -> None:
    assert [line.amount for line in parse(b":20:X\n:61:120201rc5,00NTRF\n").lines] == [5]
    entry = "<Ntry><Amt>2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Ntry>"
    nameless = f"<Document><B><Stmt>{entry}</Stmt><Stmt>{entry}{entry}</Stmt></B></Document>"
    statement = parse(nameless.encode())
    assert [line.amount for line in statement.lines] == [2, 2, 2]
    assert len(statement.bills) == 2
