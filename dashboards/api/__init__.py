"""The interface for programs, `/api/v1/…`, and the files of the open data, `/open-data/…`.

Here belongs: answering requests for figures and files of published editions. Not here: reading editions
(`dashboards.data`), the pages for people (`app_pages`).

Addresses, parameters and fields of `/api/v1/` stay: a field may be added, what would take one away or change its
meaning becomes `/api/v2/`.
"""
