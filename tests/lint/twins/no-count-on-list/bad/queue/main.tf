# Only called.
