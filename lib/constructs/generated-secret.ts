import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Properties of a GeneratedSecret. */
export interface GeneratedSecretProps {
  /** What it is for, as the console shows it. */
  readonly description: string;
  /** Letters and digits; 43 of them are 256 bits. */
  readonly characters: number;
  /** Why nothing rotates it by itself. */
  readonly noRotationBecause: string;
  /** The secret outlives the stack. */
  readonly protectData: boolean;
}

/** A random string of letters and digits that Secrets Manager makes: no person and no template ever holds it. */
export class GeneratedSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: props.description,
      generateSecretString: { passwordLength: props.characters, excludePunctuation: true },
      removalPolicy: props.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    Validations.of(this.secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: props.noRotationBecause });
  }

  /** Allows to read the value, and nothing about it. */
  grantValue(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({ grantee, actions: ['secretsmanager:GetSecretValue'], resourceArns: [this.secret.secretArn] });
  }
}
