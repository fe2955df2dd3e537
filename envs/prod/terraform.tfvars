alarms              = {}
api                 = { memory = 512, provisioned = 2, reserved = 100 }
architecture        = "arm64"
deletion_protection = true
environment         = "production"
logs                = { level = "INFO", retention_days = 90 }
prefix              = "orders-prod"
recovery_days       = 35
region              = "eu-west-1"
