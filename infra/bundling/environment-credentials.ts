/**
 * Stands in for `@aws-sdk/credential-provider-node` inside the bundles. Read at every call, as the SDK's own provider
 * does: the SDK caches what it gets, and there is no expiry because Lambda renews a function by replacing its process.
 */
export const defaultProvider = () => async () => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) {
    throw new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: this bundle knows no other credentials.");
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
};
