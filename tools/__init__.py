"""What the Makefile needs and no library gives."""
