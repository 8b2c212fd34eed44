"""Ceilings (law 6): one mechanism of limit, reserved and posted for every kind."""
