"""``make demo``: package, apply and call everything on a local AWS, line by line."""
