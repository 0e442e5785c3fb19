variable "application_id" {
  type        = string
  description = "The ARN that sam publish has printed"
}

resource "aws_serverlessapplicationrepository_cloudformation_stack" "lambda_rollouts" {
  name             = "lambda-rollouts"
  application_id   = var.application_id
  semantic_version = "0.1.0"
  capabilities     = ["CAPABILITY_NAMED_IAM", "CAPABILITY_RESOURCE_POLICY"]
  parameters = {
    AlarmEmail = "oncall@example.com"
  }
}
