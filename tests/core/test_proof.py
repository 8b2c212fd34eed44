"""Events, checkpoints and the proof of a report: through bytes and back, and every spoiling."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from kkpd.core.proof import canonical, events, merkle
from kkpd.core.proof.canonical import Json
from kkpd.core.proof.events import ChainHead, LogCheckpoint, LogEvent, Proof
from kkpd.core.proof.first_version import FirstCheckpoint, FirstProof, read_proof
from kkpd.core.proof.merkle import Frontier

AT = datetime(2026, 11, 24, 4, 5, 6, tzinfo=UTC)
GOLDEN = Path(__file__).parent.parent / "golden" / "proof"
DOCUMENT = b'{"judul":"DPT"}'


def an_event(**changes: object) -> LogEvent:
    event = LogEvent(
        chain="1.02.0.00.0.00.01.0000",
        seq=1,
        prev="0" * 64,
        at=AT,
        actor="dewi",
        role="pa",
        kind=events.ISSUE_KIND,
        subject="dpt:1",
        after=events.issue_after(DOCUMENT, "dpt", 1),
    )
    return dataclasses.replace(event, **changes)  # type: ignore[arg-type]  # a test's own fields


def a_bukti() -> Proof:
    """The third of three events in its chain, beside two other chains."""
    frontier, data = Frontier(), b""
    path: tuple[bytes, ...] = ()
    for seq in (1, 2, 3):
        data = an_event(seq=seq).to_bytes()
        path = frontier.next_path()
        frontier = frontier.append(merkle.leaf_hash(data))
    ours = ChainHead("1.02.0.00.0.00.01.0000", 3, frontier.root().hex())
    heads = (ChainHead("0", 1, "ab" * 32), ours, ChainHead("2", 9, "cd" * 32))
    return Proof(
        event=data,
        path=path,
        head=ours,
        index=1,
        head_path=merkle.inclusion_path([head.leaf() for head in heads], 1),
        checkpoint=LogCheckpoint.over(AT, heads).to_bytes(),
        signature=b"s" * 64,
        public_key=b"k" * 32,
    )


def the_first_bukti() -> FirstProof:
    """A proof that version 0.1.0 wrote, kept as it was."""
    return FirstProof.from_json((GOLDEN / "bukti_0_1_0.json").read_bytes())


def test_event_bytes_are_as_agreed() -> None:
    assert an_event(after=None).to_bytes() == (
        b'{"actor":"dewi","after":null,"at":"2026-11-24T04:05:06.000000Z","before":null,'
        b'"chain":"1.02.0.00.0.00.01.0000","kind":"laporan:terbit","prev":"'
        + b"0" * 64
        + b'","role":"pa","seq":1,"subject":"dpt:1","v":1}'
    )


def test_there_and_back() -> None:
    bukti = a_bukti()
    assert LogEvent.from_bytes(bukti.event).to_bytes() == bukti.event
    assert LogCheckpoint.from_bytes(bukti.checkpoint).to_bytes() == bukti.checkpoint
    assert Proof.from_json(bukti.to_json()) == bukti


def test_a_moment_has_one_spelling() -> None:
    jakarta = AT.astimezone(timezone(timedelta(hours=7)))
    assert events.iso(jakarta) == "2026-11-24T04:05:06.000000Z"
    assert events.from_iso(events.iso(jakarta)) == AT
    for text in ("2026-11-24T04:05:06Z", "2026-11-24T04:05:06.0Z", "24-11-2026"):
        with pytest.raises(ValueError):
            events.from_iso(text)
    with pytest.raises(ValueError):
        events.iso(AT.replace(tzinfo=None))


def test_what_is_signed_is_as_agreed() -> None:
    point = LogCheckpoint.over(AT, [ChainHead("0", 1, "ab" * 32)])
    root = merkle.leaf_hash(b'["0",1,"' + b"ab" * 32 + b'"]').hex().encode()
    assert point.signed_bytes() == (
        b'kkpd titik periksa 2\n{"at":"2026-11-24T04:05:06.000000Z","root":"'
        + root
        + b'","size":1,"v":2}'
    )


@pytest.mark.parametrize("bukti", [a_bukti(), the_first_bukti()])
def test_the_whole_proof_holds(bukti: Proof) -> None:
    event = LogEvent.from_bytes(bukti.event)
    assert bukti.is_in_chain(event)
    assert bukti.is_in_checkpoint()
    assert read_proof(bukti.to_json()) == bukti


def test_a_proof_does_not_grow_with_the_chains() -> None:
    """At most seventeen steps for 100,000 events, and none for the chains around."""
    bukti = dataclasses.replace(a_bukti(), path=(bytes(32),) * 17, head_path=())
    assert len(bukti.to_json()) < 2_500


def test_what_does_not_hold_is_said() -> None:
    bukti = a_bukti()
    event = LogEvent.from_bytes(bukti.event)
    assert events.issues(event, DOCUMENT, "dpt", 1)
    assert not events.issues(event, DOCUMENT + b" ", "dpt", 1)
    assert not events.issues(event, DOCUMENT, "dpr", 1)
    assert not events.issues(event, DOCUMENT, "dpt", 2)
    assert not events.issues(an_event(kind="laporan:arsip"), DOCUMENT, "dpt", 1)
    assert not events.issues(an_event(after=[1]), DOCUMENT, "dpt", 1)
    assert not dataclasses.replace(bukti, event=bukti.event + b" ").is_in_chain(event)
    assert not bukti.is_in_chain(an_event(chain="9", seq=3))
    for other in (
        dataclasses.replace(bukti, index=0),
        dataclasses.replace(bukti, head_path=()),
        dataclasses.replace(bukti, head=ChainHead("9", 3, bukti.head.root)),
        dataclasses.replace(bukti, head=ChainHead(bukti.head.name, 4, bukti.head.root)),
    ):
        assert not other.is_in_checkpoint()


def test_a_chain_outside_the_first_checkpoint_cannot_be_proved() -> None:
    other = LogEvent.from_bytes(the_first_bukti().event)
    foreign = dataclasses.replace(other, chain="9").to_bytes().decode()
    with pytest.raises(ValueError, match="does not know the chain"):
        FirstProof.from_json(spoil(the_first_bukti().to_json(), "event", foreign))


def test_heads_are_sorted_and_each_once() -> None:
    a, b = ChainHead("a", 1, "ab" * 32), ChainHead("b", 1, "ab" * 32)
    with pytest.raises(ValueError):
        FirstCheckpoint(1, AT, (b, a))
    with pytest.raises(ValueError):
        FirstCheckpoint(1, AT, (a, a))


def spoil(data: bytes, key: str, value: Json) -> bytes:
    fields = canonical.loads(data)
    assert isinstance(fields, dict)
    return canonical.dumps({**fields, key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("v", 2), ("v", True), ("seq", 0), ("seq", True), ("seq", "1"), ("prev", "AB" * 32),
        ("prev", "ab"), ("prev", None), ("at", "2026-11-24"), ("actor", 1), ("more", 1),
    ],
)  # fmt: skip
def test_no_event(key: str, value: Json) -> None:
    with pytest.raises(ValueError):
        LogEvent.from_bytes(spoil(an_event().to_bytes(), key, value))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("root", "00" * 32), ("heads", None), ("heads", [["a", 1]]), ("heads", ["a"]),
        ("heads", [["a", -1, "ab" * 32]]), ("heads", [["a", 1, "AB" * 32]]),
        ("heads", [[1, 1, "ab" * 32]]), ("heads", []), ("seq", 8.5), ("v", 2),
    ],
)  # fmt: skip
def test_no_first_checkpoint(key: str, value: Json) -> None:
    with pytest.raises((ValueError, TypeError)):
        FirstCheckpoint.from_bytes(spoil(the_first_bukti().checkpoint, key, value))


@pytest.mark.parametrize(
    ("key", "value"),
    [("root", "00"), ("root", "AB" * 32), ("size", 0), ("size", True), ("at", "x"), ("v", 1)],
)
def test_no_checkpoint(key: str, value: Json) -> None:
    with pytest.raises(ValueError):
        LogCheckpoint.from_bytes(spoil(a_bukti().checkpoint, key, value))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("event", None), ("path", ["zz"]), ("path", [1]), ("path", "ab"), ("head_path", ["ab"]),
        ("signature", "AB"), ("signature", "xyz"), ("public_key", "a"), ("v", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("bukti", [a_bukti(), the_first_bukti()])
def test_no_bukti(bukti: Proof, key: str, value: Json) -> None:
    with pytest.raises(ValueError):
        read_proof(spoil(bukti.to_json(), key, value))


@pytest.mark.parametrize(
    ("key", "value"),
    [("head", None), ("head", ["a", -1, "ab" * 32]), ("index", -1), ("index", True), ("v", 3)],
)
def test_no_slim_bukti(key: str, value: Json) -> None:
    with pytest.raises(ValueError):
        read_proof(spoil(a_bukti().to_json(), key, value))


def test_a_list_is_no_event() -> None:
    with pytest.raises(ValueError):
        LogEvent.from_bytes(b"[1]")
