"""One file a rule on plans."""
