"""Every real sample file: rows and sum are right, every row is accounted for, and only a file
that contradicts itself asks.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.engines.reading import samples

EXPECTED = samples.expected()
#: Made by their projects with balances that the lines do not make.
_CONTRADICT_THEMSELVES = {
    "statements/mt940_betterplace/sepa_snippet.sta",
    "statements/mt940_betterplace/sepa_snippet_broken.sta",
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_rows_and_sum_are_the_publishers(name: str) -> None:
    statement = samples.statement(name)
    assert (len(statement.lines), _sum(statement.lines)) == EXPECTED[name]
    assert statement.rows == len(statement.lines) + len(statement.skipped)
    asked = [question.key for question in statement.questions]
    assert asked == ["beda_tercetak"] * (name in _CONTRADICT_THEMSELVES)


def test_table_of_all_samples(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{'file':<75} {'rows':>6} {'sum':>14} {'skipped':>7}  right"]
    for name, right in sorted(EXPECTED.items()):
        statement = samples.statement(name)
        got = (len(statement.lines), _sum(statement.lines))
        rows.append(
            f"{name:<75} {got[0]:>6} {got[1]:>14} {len(statement.skipped):>7}  "
            f"{'yes' if got == right else 'NO'}"
        )
    with capsys.disabled():
        print("\n" + "\n".join(rows))
    assert not [row for row in rows if row.endswith("NO")]


def test_every_line_has_a_place_a_date_and_a_known_direction() -> None:
    for name in EXPECTED:
        for line in samples.statement(name).lines:
            assert line.row > 0
            assert line.transaction_date or line.posting_date
            assert line.direction == ("C" if line.amount < 0 else "D")


def test_the_printed_total_that_does_not_agree_is_a_finding() -> None:
    statement = samples.statement("pcard/kota_a_1.csv.gz")
    found = [finding for finding in statement.findings if finding.rule == "total_berbeda"]
    assert [finding.inputs["tercetak"] for finding in found] == ["406283.59"]
    assert found[0].row == 3051


def test_reversals_go_the_way_that_the_closing_balance_proves() -> None:
    statement = samples.statement("statements/mt940_betterplace/sepa_mt9401.sta")
    assert statement.status == "terbukti"
    assert sum(line.amount == Decimal("204.88") for line in statement.lines) >= 2


def _sum(lines: object) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))  # type: ignore[attr-defined]  # any lines with amounts
