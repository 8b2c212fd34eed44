"""What verbs write beside their own rows: events, kept bytes, issued papers, numbers, findings,
jobs.
"""
