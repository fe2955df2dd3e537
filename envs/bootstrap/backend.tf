# Before there is a bucket, its state is on this machine; docs/deploying.md moves it into the bucket.
terraform {
  backend "local" {}
}
