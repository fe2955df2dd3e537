alarms               = {}
api                  = {}
approval             = { threshold = 100000, timeout = 3600 }
architecture         = "arm64"
cdn                  = { retain_edge = false }
cron                 = {}
deletion_protection  = false
environment          = "development"
logs                 = { level = "DEBUG", retention_days = 7 }
partners             = {}
permissions_boundary = null
prefix               = "orders-dev"
recovery_days        = null
region               = "eu-west-1"
rollout              = {}
web                  = { callback_urls = ["http://localhost:8400/signed-in"], origins = ["http://localhost:8400"] }
