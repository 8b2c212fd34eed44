"""Tests of the database layer: structure, guards, fixtures."""
