/**
 * Stands in for @aws-sdk/credential-provider-node in the bundles (bin/build.ts): Lambda hands a function its
 * credentials in the environment, and a new environment when they change.
 */
export const defaultProvider = () => async () => {
  // oxlint-disable-next-line no-restricted-globals -- no environment of ours: Lambda's own, which changes while the function lives
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (!accessKeyId || !secretAccessKey)
    throw new Error('AWS credentials missing in the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY');
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
};
