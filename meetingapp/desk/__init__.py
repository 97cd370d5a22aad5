"""The pages people live in, across all floors; they only read."""
