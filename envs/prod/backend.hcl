bucket = "lambda-blueprints-state-prod"
region = "eu-west-1"
