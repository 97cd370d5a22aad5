"""`make bench`: what the house costs, each figure beside the least that could do the same work, in the same run.

On a shared machine times say little and ratios much: product and floor alternate every few milliseconds, CPU time is taken, and the
ratio is the median of paired rounds. `make bench-check` looks only at what noise cannot move: counts, and growth.
"""
