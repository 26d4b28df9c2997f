"""More than one machine: the towns of a country as partitions, built by Celery workers and published by one writer.

Here belongs: what only a cluster needs. Nothing else of the program imports it, and what it needs beyond the default
installation is the extra `cluster` of `pyproject.toml`. Not here: the work on a town (`pipelines.refresh`).
"""
