/**
 * The only places where the local runtime departs from the templates' values. Everything else a function sees of its
 * environment is what the deployment would give it.
 */
export const overrides = {
  /** Variables of functions. The Redis on the loopback interface has no TLS; user, password and commands are as deployed. */
  environment: { REDIS_TLS: 'false' },
  /** Parameters that a person gives at deployment. There is no TLS at the local entrance either, so no certificate. */
  parameters: { CertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/local' },
} as const satisfies Record<string, Readonly<Record<string, string>>>;
