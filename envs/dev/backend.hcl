bucket = "lambda-blueprints-state-dev"
region = "eu-west-1"
