"""The database: engine, session, column types, append-only guards. The only `commit` lives here."""
