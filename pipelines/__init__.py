"""How data moves: from a received file to a published edition. Knows no screen."""
