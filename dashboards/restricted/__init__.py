"""The doors to what only people with a role may see and do; alone of the dashboards these modules know the pipelines."""
