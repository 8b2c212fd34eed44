"""Bytes from a bank become typed rows and findings. Reads, never writes, and decides nothing about the books."""
