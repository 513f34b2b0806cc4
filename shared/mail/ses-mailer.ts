import { type SESClient, SendEmailCommand } from "@aws-sdk/client-ses";
import { awsFailure, named, nameOf } from "../aws-failures.ts";
import { AppError } from "../errors.ts";
import { mailTags } from "./mail-tags.ts";
import type { Mailer } from "./mailer.ts";

interface Options {
  /** Asks once: a repeat by the SDK after an answer that was lost would be a second mail. */
  client: SESClient;
  /** An address, or `Name <address>`, that SES has verified. */
  from: string;
  /** Where SES reports deliveries, bounces and complaints to. */
  configurationSet?: string | undefined;
  timeoutMs?: number;
}

// A mail takes SES some hundred milliseconds. The worker has 30 s, of which the notes before and after take few.
const usualTimeoutMs = 15_000;

/**
 * SES answers `InvalidParameterValue` for an address that it does not take. `MessageRejected`, by contrast, is about
 * us: a sender that is not verified, the sandbox, a paused account. The error's text stays behind: SES puts the
 * recipient's address into it.
 */
const failureOf = (error: unknown, isOver: boolean): Error => {
  if (nameOf(error) === "InvalidParameterValue") {
    return new AppError("upstream", "mail.refused", "The mail service did not take the address.", {
      cause: named(nameOf(error)),
    });
  }
  return awsFailure(isOver ? named("TimeoutError") : error, "mail.unavailable", "The mail service");
};

const utf8 = (text: string) => ({ Data: text, Charset: "UTF-8" });

/** Sends through Amazon SES, version 1 of its API. */
export const sesMailer = ({ client, from, configurationSet, timeoutMs = usualTimeoutMs }: Options): Mailer => ({
  send: async ({ to, subject, html, text, ...identity }) => {
    const command = new SendEmailCommand({
      Source: from,
      // the bare address: a name beside it would have to be encoded by hand and could smuggle in a second address
      Destination: { ToAddresses: [to.email] },
      Message: { Subject: utf8(subject), Body: { Html: utf8(html), Text: utf8(text) } },
      Tags: Object.entries(mailTags(identity)).map(([Name, Value]) => ({ Name, Value })),
      ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
    });
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const { MessageId } = await client.send(command, { abortSignal: timeout });
      return { messageId: MessageId ?? "" };
    } catch (error) {
      throw failureOf(error, timeout.aborted);
    }
  },
});
