module "queue" { # expect: equal-versions
  source = "git::https://example.org/queue.git"
}
