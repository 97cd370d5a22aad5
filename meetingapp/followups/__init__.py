"""Actions, and what became of every commitment."""
