"""What whoever looks after a deployed service does: the Makefile's targets for operations."""
