"""A newcomer's first steps: a function, an environment, a call, an image."""
