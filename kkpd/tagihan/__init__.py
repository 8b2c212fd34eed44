"""Bank bills: upload, plan, taking in, taking out, interim and final.

`receive` keeps and takes in files by a plan (`intake`), `identity` and `reworded` tell known lines
from new ones, `interim` pairs interim and final lines, `bill_arithmetic` checks a bill's own sums,
`withdraw` takes an import out again.
"""
