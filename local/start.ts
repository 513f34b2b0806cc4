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

/** Ends with the first signal; a second one does not wait. */
const stopOnSignal = (system: LocalSystem): void => {
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (isStopping) {
        process.exit(1);
      }
      isStopping = true;
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
};

/** Answers how to get the key of the sample's partner, as long as nobody has one. */
const loadSample = async ({ endpoints }: LocalSystem, hasSandbox: boolean): Promise<string | undefined> => {
  const { loadSample: load } = await import("./sample/load-sample.ts");
  const { keyCommand, openSampleOrganization } = await import("./sample/sample-organization.ts");
  try {
    await load(endpoints);
    const sample = hasSandbox ? await openSampleOrganization(endpoints.gradient) : undefined;
    return sample === undefined || sample.connected
      ? undefined
      : `${sample.name} gets its key in Gradient by: ${keyCommand(endpoints.gradient, sample.organizationId)}`;
  } catch (error) {
    say(`The sample data could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
};

const start = async (): Promise<void> => {
  loadEnvFile();
  const options = readOptions(process.argv.slice(2), process.env);
  const template = () => freshTemplate(say);
  const system = await startLocalSystem({ ...options, environment: process.env, template, say });
  stopOnSignal(system);
  const nextStep = options.loadsSample ? await loadSample(system, options.gradient === undefined) : undefined;
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
