"""Calls: who is invited, the letters and their calendar objects, replies, delivery."""
