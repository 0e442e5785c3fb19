import * as cdk from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export class ShopStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);

    const shop = new lambda.Function(this, 'Shop', {
      functionName: 'cdk-shop',
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: 'app.handler',
      code: lambda.Code.fromAsset('src'),
      currentVersionOptions: { removalPolicy: cdk.RemovalPolicy.RETAIN },
    });
    cdk.Tags.of(shop).add('rollout:alias', 'live');
    const live = new lambda.Alias(this, 'Live', { aliasName: 'live', version: shop.currentVersion });
    (live.node.defaultChild as lambda.CfnAlias).functionVersion = '1'; // the version it serves today; do not change it again
    live.addFunctionUrl();
  }
}
