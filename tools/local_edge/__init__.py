"""CloudFront in front of the local AWS, for development and tests. See README.md."""
