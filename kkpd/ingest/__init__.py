"""Bytes from a bank become typed rows and findings. Decides nothing about the books."""
