import { readFile } from "node:fs/promises";
import path from "node:path";
import type { OnLoadResult, Plugin } from "esbuild";

interface LeftOut {
  file: RegExp;
  load: (file: string) => OnLoadResult | Promise<OnLoadResult>;
}

const complaint = 'throw new Error("This is left out of the bundles, see infra/bundling/left-out.ts.")';
const js = (contents: string): OnLoadResult => ({ contents, loader: "js" });

/**
 * Code that the libraries import and our functions cannot reach, about 70 kB of each bundle. esbuild keeps it because
 * it hangs on a method or behind a condition. Every stand-in has the exports of the original.
 */
const leftOut: LeftOut[] = [
  {
    // zod hangs a way to JSON Schema on every schema; only the API's description goes it, on a developer's machine
    file: /\/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/,
    load: async (file) => js(withoutBodies(await readFile(file, "utf8"))),
  },
  {
    // what zod hangs on every schema and every string, each with a class of its own: `z.string().ulid()` where we say
    // `z.ulid()`, and the way back from a parsed value to what was sent
    file: /\/zod\/v4\/classic\/schemas\.js$/,
    load: async (file) => js(withoutUnused(await readFile(file, "utf8"))),
  },
  {
    // values that hold themselves: none comes out of JSON, and no schema of ours is part of itself
    file: /\/zod\/v4\/core\/memoizer\.js$/,
    load: () =>
      js(`export class $ZodCyclicError extends Error {}
        export const memoizer = () => undefined;
        export const isRecursiveSchema = () => false;
        export const isBackEdge = () => false;`),
  },
  {
    // zod's own words for faults: callers read those of shared/lambda/field-words.ts, logs name fields and codes
    file: /\/zod\/v4\/locales\/en\.js$/,
    load: () => js('export default () => ({ localeError: () => "This is not what it should be." });'),
  },
  {
    // for operations that answer with a stream of events; none of our clients has one
    file: /\/@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/,
    load: () => js(`${complaint};`),
  },
  {
    // signs the messages of such a stream
    file: /\/@smithy\/signature-v4\/dist-es\/HeaderFormatter\.js$/,
    load: () => js(`export class HeaderFormatter { format() { ${complaint}; } } export class Int64 {}`),
  },
  {
    // DynamoDB's endpoint discovery, which is off unless a setting asks for it
    file: /\/@aws-sdk\/middleware-endpoint-discovery\/dist-es\/index\.js$/,
    load: () =>
      js(`export const resolveEndpointDiscoveryConfig = (input) => input;
        const unset = () => undefined;
        export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { environmentVariableSelector: unset, configFileSelector: unset };`),
  },
  {
    // ~/.aws/config and credentials: looked for by every client at its first call, and never there on Lambda
    file: /\/@smithy\/core\/dist-es\/submodules\/config\/shared-ini-file-loader\/loadSharedConfigFiles\.js$/,
    load: () =>
      js(`export { CONFIG_PREFIX_SEPARATOR } from "./constants";
        export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`),
  },
  {
    // asks the machine that it runs on for the region; Lambda says it in the environment
    file: /\/@smithy\/core\/dist-es\/submodules\/config\/config-resolver\/regionConfig\/getInstanceMetadataRegion\.js$/,
    load: () => js("export const getInstanceMetadataRegion = async () => undefined;"),
  },
  {
    // moments in ISO's form in an answer: those of our clients are seconds, and SES, which has some, sends us none
    file: /\/@smithy\/core\/dist-es\/submodules\/serde\/date-utils\.js$/,
    load: async (file) =>
      js(
        (await readFile(file, "utf8"))
          .replace(/^const RFC3339\w* = .*$/gm, "")
          .replace(/^(export const parseRfc3339\w+) = \(value\) => \{.*?^\};$/gms, `$1 = () => { ${complaint}; };`),
      ),
  },
  {
    // hashes for a Node without native cryptography
    file: /\/@smithy\/core\/dist-es\/submodules\/checksum\/\w+\/(Sha256|Md5)Js\.js$/,
    load: (file) => js(`export class ${path.basename(file, ".js")} { constructor() { ${complaint}; } }`),
  },
  {
    // the SDK's own pacing, off unless a setting asks for its adaptive retries
    file: /\/@smithy\/core\/dist-es\/submodules\/retry\/util-retry\/(DefaultRateLimiter|AdaptiveRetryStrategy)\.js$/,
    load: (file) => js(`export class ${path.basename(file, ".js")} { constructor() { ${complaint}; } }`),
  },
  {
    // S3's own rules for the names of buckets
    file: /\/@smithy\/core\/dist-es\/submodules\/endpoints\/middleware-endpoint\/service-customizations\/s3\.js$/,
    load: async (file) => js(withoutBodies(await readFile(file, "utf8"))),
  },
  {
    // a class for each error of operations on whole tables, which no function of ours may call, and of what else we do
    // not use
    file: /\/@aws-sdk\/client-dynamodb\/dist-es\/schemas\/schemas_0\.js$/,
    load: async (file) =>
      js((await readFile(file, "utf8")).replace(errorsOfWholeTables, "").replace(errorsOfOtherUses, "")),
  },
  {
    // tells AWS in each request's user agent which of the SDK's features are in use
    file: /\/@aws-sdk\/core\/dist-es\/submodules\/client\/middleware-user-agent\/check-features\.js$/,
    load: () => js("export const checkFeatures = async () => undefined;"),
  },
  {
    // logs every request where a client is given a logger, which none of ours is
    file: /\/@aws-sdk\/core\/dist-es\/submodules\/client\/middleware-logger\/loggerMiddleware\.js$/,
    load: () =>
      js(`export const loggerMiddlewareOptions = {};
        export const loggerMiddleware = () => (next) => next;
        export const getLoggerPlugin = () => ({ applyToStack: () => undefined });`),
  },
  {
    // hides what is secret from the same logger
    file: /\/@smithy\/core\/dist-es\/submodules\/client\/smithy-client\/schemaLogFilter\.js$/,
    load: () => js(`export const schemaLogFilter = () => { ${complaint}; };`),
  },
  {
    // a class for each of the queues' errors, of which we tell none apart: without one an error still has its name
    file: /\/@aws-sdk\/client-sqs\/dist-es\/schemas\/schemas_0\.js$/,
    load: async (file) => js((await readFile(file, "utf8")).replace(/^n0_registry\.registerError\(.*\);$/gm, "")),
  },
  {
    // errors that we tell apart from no other
    file: /\/@aws-sdk\/client-secrets-manager\/dist-es\/schemas\/schemas_0\.js$/,
    load: async (file) => js((await readFile(file, "utf8")).replace(errorsOfPolicies, "")),
  },
  {
    // the regions by name: each is told by its partition's pattern, too, and only their descriptions are lost
    file: /\/@aws-sdk\/core\/dist-es\/submodules\/client\/util-endpoints\/lib\/aws\/partitions\.js$/,
    load: async (file) => js(withoutRegions(await readFile(file, "utf8"))),
  },
  {
    // each client imports the whole of its package.json to say its version
    file: /\/@aws-sdk\/client-[^/]+\/package\.json$/,
    load: async (file) => {
      const { version }: { version: string } = JSON.parse(await readFile(file, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    },
  },
];

/** The same exports, each of which complains; `create…` complains only once what it created is used. */
const withoutBodies = (source: string): string => {
  const names = [...source.matchAll(/^export (?:const|function) (\w+)|^export \{ \w+ as (\w+) \};/gm)].map(
    ([, declared, renamed]) => declared ?? renamed ?? "",
  );
  const exported = names.map((name) => `${name.startsWith("create") ? "later" : "absent"} as ${name}`);
  return `const absent = () => { ${complaint}; }; const later = () => absent; export { ${exported.join(", ")} };`;
};

/** A schema that is built with one of them complains while its bundle is loaded. */
const withoutUnused = (source: string): string =>
  source
    .replace(/return this\.check\(core\._\w+\(Zod\w+, params\)\);/g, "absent();")
    .replace(/return (await )?parse\.(safe)?(encode|decode)(Async)?\(.*\);/gi, "absent();")
    .concat(`const absent = () => { ${complaint}; };`);

const errorsOfWholeTables =
  /^\w+\.registerError\((Backup|Continuous|Export|GlobalTable|Import|Invalid|PointInTime|Policy|Replica[AN]|Table)\w+\$, \w+\);$/gm;
// PartiQL, tables in several regions, local indexes, and limits on how many tables there are
const errorsOfOtherUses =
  /^\w+\.registerError\((DuplicateItem|IndexNotFound|ItemCollection|LimitExceeded|ReplicatedWrite|ResourceInUse)\w+\$, \w+\);$/gm;

const errorsOfPolicies =
  /^\w+\.registerError\((DecryptionF|EncryptionF|InvalidNextToken|LimitExceeded|MalformedPolicy|PreconditionNotMet|PublicPolicy)\w+\$, \w+\);$/gm;

export const withoutRegions = (source: string): string =>
  source.replace(/"regions": \{(?:[^{}]|\{[^{}]*\})*\}/g, '"regions": {}');

export const unreachableLeftOut: Plugin = {
  name: "unreachable-left-out",
  setup(build) {
    for (const { file, load } of leftOut) build.onLoad({ filter: file }, ({ path: file }) => load(file));
  },
};
