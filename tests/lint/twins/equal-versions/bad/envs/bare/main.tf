module "queue" { # expect: equal-versions
  source = "../../modules/queue"
}
