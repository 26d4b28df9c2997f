"""The pages: short scripts that put lead, evidence and tables in order. What they show is made elsewhere."""
