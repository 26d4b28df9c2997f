"""Sources and layouts with a shape of their own: one module each, and `formats`, which says which reads what."""
