variable "bucket" {
  type        = string
  description = "The bucket with the release, in the region of the stack"
}

data "aws_region" "current" {}
data "aws_partition" "current" {}

resource "aws_cloudformation_stack" "lambda_rollouts" {
  name         = "lambda-rollouts"
  template_url = "https://${var.bucket}.s3.${data.aws_region.current.region}.${data.aws_partition.current.dns_suffix}/lambda-rollouts/0.1.0/template.yaml"
  capabilities = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
  parameters = {
    AlarmEmail = "oncall@example.com"
  }
}

output "state_machine_arn" {
  value = aws_cloudformation_stack.lambda_rollouts.outputs["StateMachineArn"]
}
