"""The verbs: one module an aggregate, one function a verb,
(session, actor, command, now) -> result. They flush and never commit.
"""
