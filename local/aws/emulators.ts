import { mkdirSync } from "node:fs";
import type { BusEvent } from "../bus-event.ts";
import type { LocalServer } from "../http/http-server.ts";
import type { MailboxLinks } from "../mailbox/mailbox-page.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { type AwsEndpoints, givenEndpoint } from "./aws-endpoints.ts";
import { dynoxideCandidates, startDynoxide } from "./dynoxide.ts";
import { startMailbox } from "./mailbox.ts";
import { startMessageQueues } from "./message-queues.ts";
import { startSecretsManager } from "./secrets-manager.ts";

interface Emulators {
  endpoints: AwsEndpoints;
  mailbox: LocalServer;
}

interface EmulatorOptions {
  folder: StateFolder;
  mailboxPort: number;
  /** What the mailbox links to. */
  links?: () => MailboxLinks;
  environment: NodeJS.ProcessEnv;
  /** Hears what happens on the account's default bus. */
  publish: (event: BusEvent) => Promise<void>;
  /** Takes what has to be closed at the end, as soon as it runs: another start beside it may fail. */
  closing(close: () => Promise<void>): void;
}

/** The AWS services of this machine, each only where the user named no other. */
export const startEmulators = async ({
  folder,
  mailboxPort,
  links,
  environment,
  publish,
  closing,
}: EmulatorOptions): Promise<Emulators> => {
  const start = async (given: string | undefined, begin: () => Promise<{ url: string; close(): Promise<void> }>) => {
    if (given !== undefined) {
      return given;
    }
    const { url, close } = await begin();
    closing(close);
    return url;
  };

  mkdirSync(folder.file("queues"), { recursive: true, mode: 0o700 });
  const startMail = async () => {
    const mailbox = await startMailbox({
      port: mailboxPort,
      file: folder.file("mailbox.json"),
      publish,
      ...(links === undefined ? {} : { links }),
    });
    closing(mailbox.close);
    return mailbox;
  };
  const [DYNAMODB, SQS, SECRETS_MANAGER, mailbox] = await Promise.all([
    start(givenEndpoint("DYNAMODB", environment), () => startDynoxide(folder.path, dynoxideCandidates(environment))),
    start(givenEndpoint("SQS", environment), () => startMessageQueues(folder.file("queues"))),
    start(givenEndpoint("SECRETS_MANAGER", environment), () => startSecretsManager(folder.file("secrets.json"))),
    startMail(),
  ]);
  const SES = givenEndpoint("SES", environment) ?? mailbox.url;
  return { endpoints: { DYNAMODB, SQS, SES, SECRETS_MANAGER }, mailbox };
};
