"""Why: areas and goals, agreements and the commitments owed both ways."""
