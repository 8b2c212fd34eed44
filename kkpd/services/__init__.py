"""The verbs. One module an aggregate, one function a verb: (session, actor, command, now) -> result. Flush, never commit."""
