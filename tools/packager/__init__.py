"""``make package``: functions and their dependencies become reproducible zips for AWS Lambda."""
