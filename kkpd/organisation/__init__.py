"""The organisation: OPDs, people, roles, cards, settings, logins."""
