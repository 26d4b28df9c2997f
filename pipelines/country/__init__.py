"""Many municipalities together: a country or a region is a folder of ordinary workspaces.

Here belongs: what is done for all of them at once (parting national files, refreshing, comparing). Not here: anything
that one municipality needs; each keeps its own editions, disclosure control and privacy, and knows no other.
"""
