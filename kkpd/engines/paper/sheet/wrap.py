"""Breaking text into lines: at spaces, and inside a word only where it is wider than a line."""

from __future__ import annotations

from kkpd.engines.paper.pdf.fonts import Letters

#: A long word is broken after one of these rather than between two letters.
_SEAMS = "/-._,;:&@)"


def wrap(letters: Letters, text: str, size: int, room: int) -> list[str]:
    """The lines of `text` at this size, none wider than `room` (except a single wide character).

    A line broken at a space keeps the space, so the joined lines equal the text.
    """
    most = room * 1000 // size
    if letters.width(text) <= most:
        return [text]
    space = letters.space()
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        for number, piece in enumerate(_pieces(letters, word, most)):
            width = letters.width(piece)
            if line and number == 0 and used + space + width <= most:
                line, used = f"{line} {piece}", used + space + width
                continue
            if line:
                lines.append(line if number else f"{line} ")
            line, used = piece, width
    return [*lines, line]


def _pieces(letters: Letters, word: str, most: int) -> list[str]:
    """The whole word, or its parts that fit."""
    if letters.width(word) <= most:
        return [word]
    pieces = []
    while word:
        cut = _fitting(letters, word, most)
        pieces.append(word[:cut])
        word = word[cut:]
    return pieces


def _fitting(letters: Letters, word: str, most: int) -> int:
    """How many characters of the word fit a line, ending at a good break if one is near."""
    widths, used, cut = letters.glyphs.widths, 0, 0
    for char in word:
        used += widths[char]
        if used > most and cut:
            break
        cut += 1
    if cut == len(word):
        return cut
    seam = max(word.rfind(mark, cut // 2, cut) for mark in _SEAMS) + 1
    return seam or cut
