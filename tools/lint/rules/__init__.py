"""The rules, one a file, named for its id."""
