"""What every part stands on: money, days, errors, permissions, database. Knows no capability."""
