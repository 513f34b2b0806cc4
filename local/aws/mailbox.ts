import type { RequestListener } from "node:http";
import sesModule from "aws-ses-v2-local";
import { clearStore, getStoreReadonly, saveEmail } from "aws-ses-v2-local/dist/store.js";
import * as z from "zod";
import { closeServer, type LocalServer, portOf, portTaken } from "../http-server.ts";
import { readStateFile, writeStateFile } from "../state-file.ts";

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

/** SES in this process: it keeps what it is given, shows it to people at `/` and to programs at `/store`. */
export const startMailbox = async ({ port, file }: { port: number; file: string }): Promise<LocalServer> => {
  // the package's store belongs to the process, not to the server
  clearStore();
  for (const email of readStateFile(file, mailboxFile)?.emails ?? []) {
    saveEmail(email);
  }
  const keepOnDisk: RequestListener = (request, response) => {
    if (request.method === "POST") {
      // in the same tick as the answer is handed to the socket: who was told "sent" finds the mail after a kill as well
      response.once("prefinish", () => writeStateFile(file, { emails: getStoreReadonly().emails }));
    }
  };
  const server = await sesModule.default({ host: "127.0.0.1", port });
  // its framework hands a failure to listen to the callback for success
  if (!server.listening) {
    throw portTaken(port);
  }
  server.prependListener("request", keepOnDisk);
  return { url: `http://127.0.0.1:${portOf(server)}`, port: portOf(server), close: () => closeServer(server) };
};
