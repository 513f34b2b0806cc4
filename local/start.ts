import { freshTemplate } from "./fresh-template.ts";
import { type LocalSystem, startLocalSystem } from "./local-system.ts";
import { openPage } from "./open-page.ts";
import { loadEnvFile, readOptions } from "./options.ts";
import { StartupProblem } from "./startup-problem.ts";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const fail = (error: unknown): void => {
  const isExpected = error instanceof StartupProblem;
  process.stderr.write(`${isExpected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
};

/** Ends with the first signal; a second one does not wait. Answers what is aborted with it. */
const stopOnSignal = (system: LocalSystem): AbortSignal => {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) {
        process.exit(1);
      }
      stopping.abort();
      say("stopping");
      void system.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          fail(error);
          process.exit(1);
        },
      );
    });
  }
  return stopping.signal;
};

/** Answers where to begin with the sample's partner, as long as nobody has its key. */
const loadSample = async (
  { endpoints }: LocalSystem,
  { stateFolder, hasSandbox }: { stateFolder: string; hasSandbox: boolean },
): Promise<string | undefined> => {
  const { loadSampleOnce: load } = await import("./sample/load-sample.ts");
  const { keyCommand, openSampleOrganization } = await import("./sample/sample-organization.ts");
  try {
    await load(stateFolder, endpoints);
    const sample = hasSandbox ? await openSampleOrganization(endpoints.gradient) : undefined;
    return sample === undefined || sample.connected
      ? undefined
      : `Open ${endpoints.hubUi} in a browser: it says what to do. Or go on in the terminal, where ${sample.name} gets its key in Gradient by: ${keyCommand(endpoints.gradient, sample.organizationId)}`;
  } catch (error) {
    say(`The sample data could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
};

/** In the background: nobody has to wait for a partner whom nobody may look at. */
const connectSample = async ({ endpoints }: LocalSystem, stopping: AbortSignal): Promise<void> => {
  const { connectSample: connect } = await import("./sample/connect-sample.ts");
  try {
    await connect(endpoints);
  } catch (error) {
    if (!stopping.aborted)
      say(`The second sample partner is not connected: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const start = async (): Promise<void> => {
  loadEnvFile();
  const options = readOptions(process.argv.slice(2), process.env);
  const template = () => freshTemplate(say);
  const system = await startLocalSystem({ ...options, environment: process.env, template, say });
  const stopping = stopOnSignal(system);
  const hasSandbox = options.gradient === undefined;
  const nextStep = options.loadsSample ? await loadSample(system, { ...options, hasSandbox }) : undefined;
  const { hubUi, api, gradient, mailbox, issuer } = system.endpoints;
  say(`hub UI    ${hubUi}`);
  say(`API       ${api}`);
  say(`Gradient  ${gradient}`);
  say(`mailbox   ${mailbox}`);
  say(`issuer    ${issuer}`);
  say("ready");
  if (nextStep !== undefined) {
    say(nextStep);
  }
  if (options.loadsSample && hasSandbox) {
    void connectSample(system, stopping);
  }
  if (options.opensPage) {
    openPage(hubUi, process.env);
  }
};

// whoever read along may stop reading; the system goes on
process.stdout.on("error", () => undefined);

await start().catch((error: unknown) => {
  fail(error);
  process.exit();
});
