"""The reads: select -> frozen rows and documents, scoped to the actor's OPDs, paged by key."""
