import * as cdk from 'aws-cdk-lib';
import * as sam from 'aws-cdk-lib/aws-sam';
import { Construct } from 'constructs';

export class LambdaRolloutsStack extends cdk.Stack {
  constructor(scope: Construct, id: string, bucket: string, props?: cdk.StackProps) {
    super(scope, id, props);

    const rollouts = new sam.CfnApplication(this, 'LambdaRollouts', {
      location: `https://${bucket}.s3.${this.region}.${this.urlSuffix}/lambda-rollouts/0.1.0/template.yaml`,
      parameters: { AlarmEmail: 'oncall@example.com' },
    });
    new cdk.CfnOutput(this, 'StateMachineArn', { value: rollouts.getAtt('Outputs.StateMachineArn').toString() });
  }
}
