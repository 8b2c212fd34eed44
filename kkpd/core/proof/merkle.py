"""Merkle trees with the hashing of RFC 6962, for the event log and its proofs.

Every hash is 32 raw bytes of SHA-256. A leaf is SHA-256(0x00 || data), a node SHA-256(0x01 || left
|| right), the root of an empty tree the SHA-256 of nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """What is needed to append to a tree: its size and the roots of its full subtrees.

    `peaks` are ordered from the largest (oldest) to the smallest, one for each set bit of `size`:
    at most 20 hashes for a million entries. Frozen: `append` returns a new one.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError(f"a tree of {self.size} leaves has no {len(self.peaks)} peaks")

    def append(self, leaf: bytes) -> Frontier:
        """The frontier with one more leaf hash."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """The frontier with these leaf hashes added, read once in constant memory."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            full = size
            while full & 1:
                leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
                full >>= 1
            peaks.append(leaf)
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        *rest, found = self.peaks
        for peak in reversed(rest):
            found = node_hash(peak, found)
        return found

    def next_path(self) -> tuple[bytes, ...]:
        """The inclusion path of the next leaf, in the tree that ends with it."""
        return tuple(reversed(self.peaks))


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of leaf hashes, read once."""
    return Frontier().extend(leaves).root()


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The sibling hashes from leaf `index` (from 0) up to the root."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    path, level = [], list(leaves)
    while len(level) > 1:
        if (index ^ 1) < len(level):
            path.append(level[index ^ 1])
        level = _next_level(level)
        index >>= 1
    return tuple(path)


def _next_level(level: list[bytes]) -> list[bytes]:
    """Hash pairs; an odd last one moves up unchanged (this gives the tree of RFC 6962)."""
    pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs + level[len(pairs) * 2 :]


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that this path leads to (RFC 9162, 2.1.3.2); None where it cannot be a path."""
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, leaf
    for neighbour in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(neighbour, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, neighbour)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def holds_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes
) -> bool:
    """Whether the path proves that the leaf is in the tree of `size` leaves with this root."""
    return root_from_path(leaf, index, size, path) == expected


def consistency_path(leaves: Sequence[bytes], size: int) -> tuple[bytes, ...]:
    """The hashes that show the tree of the first `size` leaves as a beginning of the tree of all
    (RFC 6962, 2.1.2). IndexError where there are fewer leaves.
    """
    if not 0 < size <= len(leaves):
        raise IndexError(f"no tree of {size} among {len(leaves)} leaves")
    path, start, end, whole = list[bytes](), 0, len(leaves), True
    while size < end - start:
        left = 1 << (end - start - 1).bit_length() - 1
        if size <= left:
            path.append(root(leaves[start + left : end]))
            end = start + left
        else:
            path.append(root(leaves[start : start + left]))
            start, size, whole = start + left, size - left, False
    if not whole:
        path.append(root(leaves[start:end]))
    return tuple(reversed(path))


def holds_consistency(size: int, later: int, old: bytes, new: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that the tree of `size` leaves with the root `old` is a beginning of
    the one of `later` leaves with the root `new` (RFC 9162, 2.1.4.2).
    """
    if not 0 < size <= later:
        return False
    if size == later:
        return not path and old == new
    steps = list(path) if size & (size - 1) else [old, *path]
    at, last = size - 1, later - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not steps:
        return False
    found_old = found_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            found_old, found_new = node_hash(step, found_old), node_hash(step, found_new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found_new = node_hash(found_new, step)
        at, last = at >> 1, last >> 1
    return (found_old, found_new, last) == (old, new, 0)
