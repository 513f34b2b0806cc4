import type { IncomingMessage, RequestListener, Server } from "node:http";
import { createRequire } from "node:module";
import * as z from "zod";
import type { BusEvent } from "../bus-event.ts";
import { keepDoor, noPages } from "../http/door.ts";
import { closeServer, type LocalServer, portOf, portTaken } from "../http/http-server.ts";
import { type MailboxLinks, mailboxPage } from "../mailbox/mailbox-page.ts";
import { readStateFile, writeStateFile } from "../state/state-file.ts";
import { reporting } from "./mail-reports.ts";

// CommonJS, asked for as such: whoever bundles or transforms this disagrees with Node about the default of its default
const load = createRequire(import.meta.url);
const ses: typeof import("aws-ses-v2-local") = load("aws-ses-v2-local");
const store: typeof import("aws-ses-v2-local/dist/store.js") = load("aws-ses-v2-local/dist/store.js");

const addresses = z.array(z.string());
const mailboxFile = z.object({
  emails: z.array(
    z.object({
      messageId: z.string(),
      from: z.string(),
      replyTo: addresses,
      destination: z.object({ to: addresses, cc: addresses, bcc: addresses }),
      subject: z.string(),
      body: z.object({ html: z.string().optional(), text: z.string().optional() }),
      attachments: z.array(
        z.object({
          content: z.string(),
          contentType: z.string(),
          filename: z.string().optional(),
          size: z.number(),
        }),
      ),
      headers: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
      at: z.number(),
    }),
  ),
});

/** SES's own calls are forms, and signed ones. */
const isSigned = ({ headers }: IncomingMessage): boolean => headers.authorization !== undefined;

interface MailboxOptions {
  port: number;
  file: string;
  /** Hears how each mail fares: `bounce@`, `soft-bounce@` and `complaint@` of any domain come back. */
  publish: (event: BusEvent) => Promise<void>;
  /** Asked each time: the other servers may start later. */
  links?: () => MailboxLinks;
}

type Page = ReturnType<typeof mailboxPage>;

/** Our page answers first; what is not for it goes to those who answered before. */
const putBefore = (server: Server, page: Page): void => {
  const others = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", async (request, response) => {
    // without a wait for a mail that is being sent: its body has listeners before it arrives
    const isReading = request.method === "GET" || request.method === "HEAD";
    try {
      if (isReading && (await page(request, response))) return;
    } catch {
      response.destroy();
      return;
    }
    for (const other of others) {
      Reflect.apply(other, server, [request, response]);
    }
  });
};

const noLinks = (): MailboxLinks => ({ hubUi: "", gradient: "" });

/** SES in this process: it keeps what it is given, shows it to people at `/` and to programs at `/store`. */
export const startMailbox = async ({ port, file, publish, links = noLinks }: MailboxOptions): Promise<LocalServer> => {
  // the package's store belongs to the process, not to the server
  store.clearStore();
  for (const email of readStateFile(file, mailboxFile)?.emails ?? []) {
    store.saveEmail(email);
  }
  const keepOnDisk: RequestListener = (request, response) => {
    if (request.method !== "POST") return;
    // Before the answer is handed to the socket: who was told "sent" finds the mail after a kill as well. Any event of
    // the response comes when the answer may be out already.
    response.end = new Proxy(response.end, {
      apply: (end, self, args) => {
        writeStateFile(file, { emails: store.getStoreReadonly().emails });
        return Reflect.apply(end, self, args);
      },
    });
  };
  const server = await ses.default({ host: "127.0.0.1", port });
  // its framework hands a failure to listen to the callback for success
  if (!server.listening) {
    throw portTaken(port);
  }
  server.prependListener("request", keepOnDisk);
  server.prependListener("request", reporting(publish));
  putBefore(
    server,
    mailboxPage(() => store.getStoreReadonly().emails, links),
  );
  keepDoor(server, { pages: noPages, takesAnyBody: isSigned });
  return { url: `http://127.0.0.1:${portOf(server)}`, port: portOf(server), close: () => closeServer(server) };
};
