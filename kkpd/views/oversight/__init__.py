"""Boards, monitoring, findings, due days, what waits for me."""
