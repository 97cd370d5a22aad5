"""Web: the edge, sessions, headers, error pages, assets, and the two applications side by side."""
