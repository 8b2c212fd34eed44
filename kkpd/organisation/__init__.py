"""Who we are: OPDs, people, roles, cards, settings, logins."""
