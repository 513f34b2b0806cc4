import { closeSync, openSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { type Host, startHost } from "./host/host.ts";
import { apiDoor, localRoutes } from "./host/local-routes.ts";
import { originsOf } from "./http/door.ts";
import { listenLocally, sendJson } from "./http/http-server.ts";
import { startHubUi } from "./hub-ui/hub-ui.ts";
import { localAudience, startIssuer } from "./issuer/issuer.ts";
import { demoFolder, repositoryRoot, type StartOptions } from "./options.ts";
import { portsFrom, requireFreePorts } from "./ports.ts";
import { localSettings } from "./settings.ts";
import { StartupProblem } from "./startup-problem.ts";
import { writeStateFile } from "./state/state-file.ts";
import { functionLog, holderIn, openStateFolder, requireUnheld, type StateFolder } from "./state/state-folder.ts";

export interface Endpoints {
  hubUi: string;
  api: string;
  gradient: string;
  mailbox: string;
  issuer: string;
  /** For operators' commands. */
  dynamodb: string;
  pid: number;
}

export interface LocalSystem {
  endpoints: Endpoints;
  stop(): Promise<void>;
}

interface LocalSystemOptions extends StartOptions {
  environment: NodeJS.ProcessEnv;
  /** Finds or makes the template to run. */
  template(): Promise<string>;
  /** Shows one line to the person at the keyboard. */
  say(line: string): void;
}

interface GradientOptions {
  options: LocalSystemOptions;
  folder: StateFolder;
  port: number;
  api: string;
  hubUi: string;
  mailbox: () => string;
  closing(close: () => Promise<void>): void;
}

const mailFrom = "billing@hub.example";

/** The sandbox, or whatever Gradient the user named. */
const gradientFor = async ({ options, folder, port, api, hubUi, mailbox, closing }: GradientOptions) => {
  const { vendorKey, webhookSecret } = localSettings(folder.file("settings.json"));
  const secret = options.webhookSecret ?? webhookSecret;
  if (options.gradient !== undefined) {
    const { baseUrl } = options.gradient;
    return { ...options.gradient, url: baseUrl.replace(/\/api$/, ""), webhookSecret: secret };
  }
  const { startGradientSandbox } = await import("./gradient-sandbox/gradient-sandbox.ts");
  const sandbox = await startGradientSandbox({
    port,
    stateFile: folder.file("gradient-sandbox.json"),
    vendorKey,
    webhook: { url: `${api}/v1/webhooks/gradient/mapping-completed`, secret },
    portal: { hubUi, mailbox },
  }).catch((error: unknown) => {
    // it fails with a sentence for people, a damaged state for instance
    throw new StartupProblem(error instanceof Error ? error.message : String(error));
  });
  closing(sandbox.close);
  return { vendorKey, baseUrl: `${sandbox.url}/api`, url: sandbox.url, webhookSecret: secret };
};

/** Starts everything on this machine; what was started is stopped again if a part of it fails. */
export const startLocalSystem = async (options: LocalSystemOptions): Promise<LocalSystem> => {
  const { environment, say } = options;
  const closers: (() => Promise<void> | void)[] = [];
  const closing = (close: () => Promise<void> | void): void => {
    closers.push(close);
  };
  const stop = async (): Promise<void> => {
    // the host first, so that nothing calls what is gone already; the lock last
    for (const close of closers.splice(0).toReversed()) {
      await close();
    }
  };

  try {
    requireUnheld(options.stateFolder);
    const ports = portsFrom(options.portBase);
    await requireFreePorts(ports, holderIn(join(repositoryRoot, demoFolder)));
    const folder = await openStateFolder(options.stateFolder, options);
    closing(folder.release);
    // while this file is there, what it says is up
    const forgetEndpoints = () => rmSync(folder.file("endpoints.json"), { force: true });
    forgetEndpoints();
    const template = options.template();
    template.catch(() => undefined);

    let endpoints: Endpoints = {
      hubUi: "",
      api: "",
      gradient: "",
      mailbox: "",
      issuer: "",
      dynamodb: "",
      pid: process.pid,
    };
    const hubUi = await startHubUi({ port: ports.hubUi, links: () => endpoints });
    closing(hubUi.close);
    const pages = new Set(originsOf(hubUi.port));
    let answer: RequestListener = (_request, response) =>
      sendJson(response, 503, { message: "The local system is still starting." });
    const api = await listenLocally((request, response) => answer(request, response), ports.api, apiDoor(pages));
    closing(api.close);
    const issuer = await startIssuer({ port: ports.issuer, file: folder.file("issuer-key.json"), pages });
    closing(issuer.close);
    endpoints = { ...endpoints, hubUi: hubUi.url, api: api.url, issuer: issuer.url };

    let publish: Host["publish"] = async () => undefined;
    // loaded this late because it takes half a second, which a start that only says what is wrong need not take
    const { startEmulators } = await import("./aws/emulators.ts");
    const [gradient, emulators] = await Promise.all([
      gradientFor({
        options,
        folder,
        port: ports.gradient,
        api: api.url,
        hubUi: hubUi.url,
        mailbox: () => endpoints.mailbox,
        closing,
      }),
      startEmulators({
        folder,
        mailboxPort: ports.mailbox,
        links: () => endpoints,
        environment,
        publish: (event) => publish(event),
        closing,
      }),
    ]);
    const { mailbox } = emulators;
    const dynamodb = emulators.endpoints.DYNAMODB;
    endpoints = { ...endpoints, gradient: gradient.url, mailbox: mailbox.url, dynamodb };

    const log = openSync(functionLog(folder), "a", 0o600);
    closing(() => closeSync(log));
    const host = await startHost({
      templateFile: await template,
      parameters: {
        GradientBaseUrl: gradient.baseUrl,
        HubUrl: hubUi.url,
        JwtIssuer: issuer.url,
        JwtAudience: localAudience,
        MailFrom: mailFrom,
        HubOrigins: [...pages],
      },
      secretsByVariable: {
        VENDOR_KEY_SECRET: gradient.vendorKey,
        WEBHOOK_KEYS_SECRET: JSON.stringify([gradient.webhookSecret]),
      },
      endpoints: emulators.endpoints,
      stateFolder: folder.path,
      log,
      say,
    });
    closing(host.close);
    publish = host.publish;
    answer = localRoutes(host.schedules, host.api);
    // what was in the outbox when the last run ended does not wait for the minute to pass
    void host.schedules.run("sweep-outbox");
    writeStateFile(folder.file("endpoints.json"), endpoints);
    closing(forgetEndpoints);
    return { endpoints, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
