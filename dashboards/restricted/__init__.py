"""The doors to what only people with a role may see and do; the one part of the dashboards that knows pipelines."""
