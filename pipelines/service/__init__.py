"""The service that keeps running: dashboards, schedules and Dagster's own pages under one command.

Here belongs: which processes there are, and keeping them up. Not here: what they do.
"""
