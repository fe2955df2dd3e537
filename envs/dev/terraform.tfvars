alarms              = {}
api                 = {}
architecture        = "arm64"
deletion_protection = false
environment         = "development"
logs                = { level = "DEBUG", retention_days = 7 }
prefix              = "orders-dev"
recovery_days       = null
region              = "eu-west-1"
