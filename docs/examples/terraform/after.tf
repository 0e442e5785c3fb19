data "archive_file" "shop" {
  type        = "zip"
  source_dir  = "src"
  output_path = "shop.zip"
}

resource "aws_lambda_function" "shop" {
  function_name    = "terraform-shop"
  role             = aws_iam_role.shop.arn
  runtime          = "python3.13"
  handler          = "app.handler"
  filename         = data.archive_file.shop.output_path
  source_code_hash = data.archive_file.shop.output_base64sha256
  publish          = true
  tags             = { "rollout:alias" = "live" }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.shop.function_name
  function_version = aws_lambda_function.shop.version # for a new alias; ignored afterwards
  lifecycle {
    ignore_changes = [function_version, routing_config]
  }
}

resource "aws_iam_role" "shop" {
  name = "terraform-shop"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
