"""What is true, in words: contracts of sources and tables, indicators, codes, messages, settings of municipalities.

Only data lives here; `pipelines.contracts` is its one reader.
"""
