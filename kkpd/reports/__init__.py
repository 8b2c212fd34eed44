"""Named reports and their issue, open data, audit packages, and the comparison of all papers."""
