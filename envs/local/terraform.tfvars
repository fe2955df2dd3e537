alarms              = {}
api                 = {}
approval            = { threshold = 100000, timeout = 600 }
architecture        = "arm64"
cdn                 = { retain_edge = false }
cron                = {}
deletion_protection = false
environment         = "development"
logs                = { level = "DEBUG", retention_days = 1 }
# All of 127.0.0.0/8 is this machine, so that one address can be refused for show.
partners             = { access_log = { retention_days = 1 }, ip = { deny = ["127.0.0.2/32"] } }
permissions_boundary = null
prefix               = "orders-local"
recovery_days        = null
region               = "eu-west-1"
rollout              = {}
web                  = { callback_urls = ["http://localhost:8400/signed-in"], origins = ["http://localhost:8400"] }
