variable "echo_zip" {
  description = "The finished zip of the function that tells what it got."
  type        = string
}

variable "prefix" {
  description = "What all names begin with."
  type        = string
}

variable "region" {
  description = "Region of the function; the edge is in us-east-1."
  type        = string
}

variable "signer_zip" {
  description = "The finished zip of the edge signer."
  type        = string
}
