"""Bring the messages of a dead-letter queue back to the queue that they came from."""
