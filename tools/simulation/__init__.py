"""What a pattern does under load, second by second, within AWS's quotas."""
