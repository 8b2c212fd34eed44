"""Named reports, their issue, open data, audit packages, and that all papers say the same."""
