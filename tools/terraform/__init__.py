"""Find a Terraform core and the AWS provider on this machine, and run them."""
