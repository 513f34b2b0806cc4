import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { requireWebhookSecret } from "./signed-webhook.ts";
import { StartupProblem } from "./startup-problem.ts";

export const repositoryRoot = resolve(import.meta.dirname, "..");

/** Where the demo has the state of the system that it starts. */
export const demoFolder = "local/.state-demo";

/** Another Gradient than our sandbox. */
export interface GivenGradient {
  /** Ends in `/api`. */
  baseUrl: string;
  vendorKey: string;
}

export interface StartOptions {
  /** The first of five ports; 0 for any free ones. */
  portBase: number;
  stateFolder: string;
  fresh: boolean;
  opensPage: boolean;
  loadsSample: boolean;
  gradient: GivenGradient | undefined;
  webhookSecret: string | undefined;
}

const defaultPortBase = 4000;
// five ports from here are still ports
const lastPortBase = 65_535 - 4;

const readPortBase = (text: string | undefined): number => {
  const base = text === undefined || text === "" ? defaultPortBase : Number(text);
  if (!Number.isInteger(base) || base < 0 || base > lastPortBase) {
    throw new StartupProblem(`PORT_BASE has to be a whole number from 0 to ${lastPortBase}, it is "${text}".`);
  }
  return base;
};

const readGradient = ({ GRADIENT_BASE_URL: url, GRADIENT_VENDOR_KEY: key }: NodeJS.ProcessEnv) => {
  if (!url && !key) {
    return undefined;
  }
  if (!url || !key) {
    throw new StartupProblem(
      "GRADIENT_BASE_URL and GRADIENT_VENDOR_KEY belong together: set both for another Gradient, or none for the sandbox.",
    );
  }
  if (!URL.canParse(url) || !/\/api\/?$/.test(url)) {
    throw new StartupProblem(`GRADIENT_BASE_URL has to be a URL that ends in /api, it is "${url}".`);
  }
  return { baseUrl: url.replace(/\/$/, ""), vendorKey: key };
};

const flags = { fresh: { type: "boolean" }, headless: { type: "boolean" }, "no-sample": { type: "boolean" } } as const;

const readFlags = (args: string[]) => {
  try {
    return parseArgs({ args, options: flags }).values;
  } catch {
    throw new StartupProblem(`Unknown option in "${args.join(" ")}": there are --fresh, --headless and --no-sample.`);
  }
};

/** What `npm start` was asked for, on its command line, in the environment and in `.env`. */
export const readOptions = (args: string[], environment: NodeJS.ProcessEnv): StartOptions => {
  const chosen = readFlags(args);
  const { GRADIENT_WEBHOOK_SECRET: webhookSecret } = environment;
  return {
    portBase: readPortBase(environment.PORT_BASE),
    stateFolder: resolve(repositoryRoot, environment.GRADIENT_BILLING_STATE || "local/.state"),
    fresh: chosen.fresh ?? false,
    opensPage: !chosen.headless,
    loadsSample: !chosen["no-sample"],
    gradient: readGradient(environment),
    webhookSecret: webhookSecret ? requireWebhookSecret(webhookSecret, "GRADIENT_WEBHOOK_SECRET") : undefined,
  };
};

/** What the environment already says wins over the file. */
export const loadEnvFile = (): void => {
  const file = join(repositoryRoot, ".env");
  if (existsSync(file)) {
    process.loadEnvFile(file);
  }
};
