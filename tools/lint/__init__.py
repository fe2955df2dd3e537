"""Rules on Terraform source: what is wrong before anything is planned."""
