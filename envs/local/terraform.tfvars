alarms              = {}
api                 = {}
architecture        = "arm64"
deletion_protection = false
environment         = "development"
logs                = { level = "DEBUG", retention_days = 1 }
prefix              = "orders-local"
recovery_days       = null
region              = "eu-west-1"
