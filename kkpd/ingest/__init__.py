"""Bytes from a bank become typed rows and findings. Decides nothing about the books."""

from kkpd.ingest.profile import Profile, load_profiles
from kkpd.ingest.reading import parse, stream
from kkpd.ingest.statement import Bill, Choice, Line, Question, Skipped, Statement

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
