"""Audit packages: an archive that proves itself offline."""
