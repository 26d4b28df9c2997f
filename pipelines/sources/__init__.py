"""Sources that come as JSON: one module a source, each with `read(document)`."""
