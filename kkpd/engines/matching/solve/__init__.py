"""From weighed candidates to the best choice of links, and how sure each is."""
