"""Runs in the target's interpreter, isolated: the standard library and nothing of ours but this."""
