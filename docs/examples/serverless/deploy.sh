serverless deploy
