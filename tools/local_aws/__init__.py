"""The local AWS: MiniStack with IAM enforced, TLS on, on loopback, its data under the checkout."""
