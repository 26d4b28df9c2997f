"""Dagster's view of the rooms: one module a room, one asset a table.

Here belongs: asset definitions that wrap the functions of `pipelines.rooms`, with their checks and metadata. Not here:
the work itself, and anything that another room could need.
"""
