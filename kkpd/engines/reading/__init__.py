"""Bytes from a bank become typed rows and findings. Decides nothing about the books."""

from kkpd.engines.reading.profile import Profile, load_profiles
from kkpd.engines.reading.reading import parse, stream
from kkpd.engines.reading.statement import Bill, Choice, Line, Question, Skipped, Statement

__all__ = [
    "Bill",
    "Choice",
    "Line",
    "Profile",
    "Question",
    "Skipped",
    "Statement",
    "load_profiles",
    "parse",
    "stream",
]
