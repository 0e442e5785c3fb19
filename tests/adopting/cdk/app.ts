import * as cdk from 'aws-cdk-lib';
import { ShopStack } from './shop-stack';

// Assets are published with the caller's own rights: the local AWS has no role for it.
const app = new cdk.App({ defaultStackSynthesizer: new cdk.CliCredentialsStackSynthesizer() });
new ShopStack(app, 'cdk-shop');
