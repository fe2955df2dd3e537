# expect: no-provider-block-in-module
provider "aws" {
  alias = "us_east_1"
}
