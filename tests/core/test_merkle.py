"""RFC 6962 trees: published vectors, the recursive definition, every path and its spoiling."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.proof import merkle
from kkpd.core.proof.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash

# The test data of Certificate Transparency's reference implementations.
CT_INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def by_definition(hashes: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(by_definition(hashes[:split]), by_definition(hashes[split:]))


def test_published_roots() -> None:
    found = Frontier()
    for data, expected in zip(CT_INPUTS, CT_ROOTS, strict=True):
        found = found.append(leaf_hash(data))
        assert found.root().hex() == expected


def test_root_of_nothing() -> None:
    assert merkle.root([]).hex() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


@pytest.mark.parametrize("size", range(1, 70))
def test_every_inclusion_path(size: int) -> None:
    hashes = leaves(size)
    expected = by_definition(hashes)
    assert merkle.root(hashes) == expected
    for index, leaf in enumerate(hashes):
        path = merkle.inclusion_path(hashes, index)
        assert merkle.holds_inclusion(leaf, index, size, path, expected)
        assert not merkle.holds_inclusion(leaf, index, size, (*path, leaf), expected)
        assert not merkle.holds_inclusion(leaf, index + 1, size, path, expected)
        if path:
            assert not merkle.holds_inclusion(leaf, index, size, path[:-1], expected)


@pytest.mark.parametrize("size", range(40))
def test_path_of_the_next_leaf_needs_the_peaks_only(size: int) -> None:
    hashes = leaves(size + 1)
    before = Frontier().extend(hashes[:size])
    assert before.next_path() == merkle.inclusion_path(hashes, size)


@given(st.integers(2, 200), st.data())
def test_one_spoiled_hash_is_found(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    path = list(merkle.inclusion_path(hashes, index))
    spoiled = data.draw(st.integers(0, len(path) - 1))
    path[spoiled] = bytes([path[spoiled][0] ^ 1]) + path[spoiled][1:]
    assert not merkle.holds_inclusion(hashes[index], index, size, path, merkle.root(hashes))


@pytest.mark.parametrize(("size", "peaks"), [(1, ()), (-1, ()), (3, (b"x",)), (0, (b"x",))])
def test_a_frontier_that_cannot_be_is_refused(size: int, peaks: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError):
        Frontier(size, peaks)


def test_asking_beyond_the_tree() -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_path(leaves(3), 3)
    assert not merkle.holds_inclusion(EMPTY_ROOT, -1, 3, [], EMPTY_ROOT)


@pytest.mark.parametrize("later", range(1, 34))
def test_every_tree_is_a_beginning_of_every_later_one(later: int) -> None:
    """Against the root over the first leaves; a spoiled hash, another root or size is found."""
    leaves = [leaf_hash(bytes([n])) for n in range(later)]
    new = merkle.root(leaves)
    for size in range(1, later + 1):
        old, path = merkle.root(leaves[:size]), merkle.consistency_path(leaves, size)
        assert merkle.holds_consistency(size, later, old, new, path)
        assert len(path) <= 2 * later.bit_length()
        for at in range(len(path)):
            spoiled = (*path[:at], bytes(32), *path[at + 1 :])
            assert not merkle.holds_consistency(size, later, old, new, spoiled)
        assert not merkle.holds_consistency(size, later, bytes(32), new, path)
        assert not merkle.holds_consistency(size, later, old, bytes(32), path)
        assert not merkle.holds_consistency(size, later, old, new, (*path, bytes(32)))
        assert not merkle.holds_consistency(size, later, old, new, path[:-1]) or not path


@pytest.mark.parametrize(
    ("size", "expected"),
    [(3, ["c", "d", "g", "l"]), (4, ["l"]), (6, ["i", "j", "k"])],
)
def test_the_consistency_paths_of_rfc_6962(size: int, expected: list[str]) -> None:
    """The example of 2.1.3: a tree of seven leaves."""
    data = [leaf_hash(bytes([n])) for n in range(7)]
    known = {
        "c": data[2],
        "d": data[3],
        "g": merkle.root(data[:2]),
        "i": merkle.root(data[4:6]),
        "j": data[6],
        "k": merkle.root(data[:4]),
        "l": merkle.root(data[4:]),
    }
    path = merkle.consistency_path(data, size)
    assert path == tuple(known[name] for name in expected)


@pytest.mark.parametrize("size", [0, -1, 4])
def test_no_beginning_of_a_tree(size: int) -> None:
    with pytest.raises(IndexError):
        merkle.consistency_path([bytes(32)] * 3, size)
    assert not merkle.holds_consistency(size, 3, bytes(32), bytes(32), ())
