"""Pure engines, sealed: they know no capability and no database."""
