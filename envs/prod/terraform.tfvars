alarms       = {}
api          = { memory = 512, provisioned = 2, reserved = 100 }
approval     = { threshold = 500000, timeout = 172800 }
architecture = "arm64"
# Nobody signs in at the website yet, so it would open the API to everybody.
cdn                  = null
cron                 = { archive_after_days = 180 }
deletion_protection  = true
environment          = "production"
logs                 = { level = "INFO", retention_days = 90 }
partners             = { access_log = { retention_days = 90 }, quota = { limit = 1000000 } }
permissions_boundary = null
prefix               = "orders-prod"
recovery_days        = 35
region               = "eu-west-1"
rollout              = {}
web                  = { callback_urls = ["https://shop.example.com/signed-in"], origins = ["https://shop.example.com"] }
