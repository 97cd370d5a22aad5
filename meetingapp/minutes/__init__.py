"""The record of a meeting: attendance, proposals, votes, decisions, approval, lock."""
