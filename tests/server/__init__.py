"""The program as it is run: a real server process, a real port, a real database."""
