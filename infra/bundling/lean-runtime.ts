import type { Plugin } from "esbuild";

/**
 * `import … from "node:http"` in an ES module reads every export of the built-in, and reading `WebSocket` loads all of
 * undici: 25 ms of a cold start. `process.getBuiltinModule` hands out the same module without reading anything.
 */
export const builtinHttpUnread: Plugin = {
  name: "builtin-http-unread",
  setup(build) {
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({
      path: path.replace(/^(node:)?/, "node:"),
      namespace: "builtin-http",
    }));
    build.onLoad({ filter: /.*/, namespace: "builtin-http" }, ({ path }) => ({
      // CommonJS, so that esbuild reaches for a member only where the code uses it
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: "js",
    }));
  },
};

const environmentCredentials = `${import.meta.dirname}/environment-credentials.ts`;

/**
 * Lambda always hands the role's credentials over in the environment, so the SDK's chain behind it (profiles, SSO,
 * web identity, instance metadata, each with a client of its own) would be loaded for nothing.
 */
export const environmentCredentialsOnly: Plugin = {
  name: "environment-credentials-only",
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: environmentCredentials,
      sideEffects: false,
    }));
  },
};
