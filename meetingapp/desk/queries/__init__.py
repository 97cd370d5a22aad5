"""Reads across the floors: the meetings the secretary looks after, one person's own, what waits for whom, the post, and the search."""
