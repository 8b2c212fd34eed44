"""The misuse watch over bank lines: rules that say, the day a file came, what needs eyes.

Pure: no clock, no database, no chance. `shapes` holds what goes in and what comes out.
"""
