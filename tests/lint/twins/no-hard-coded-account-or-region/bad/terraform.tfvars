account_id = "111122223333" # expect: no-hard-coded-account-or-region
region     = "eu-central-1"
