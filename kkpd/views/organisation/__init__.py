"""Who we are, in the web: OPDs, people, roles, cards, settings, login."""
