"""What makes a sentence, as far as a machine can tell."""

from __future__ import annotations


def is_sentence(text: str) -> bool:
    """Whether a text has words, begins with no small letter and ends with a full stop."""
    text = text.strip()
    return len(text.split()) > 1 and not text[0].islower() and text.endswith(".")
