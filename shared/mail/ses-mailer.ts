import { type SESClient, SendEmailCommand } from "@aws-sdk/client-ses";
import { awsFailure, named, nameOf } from "../aws-failures.ts";
import { AppError } from "../errors.ts";
import type { Mailer } from "./mailer.ts";

interface Options {
  client: SESClient;
  /** An address, or `Name <address>`, that SES has verified. */
  from: string;
  /** Where SES reports deliveries, bounces and complaints to. */
  configurationSet?: string | undefined;
}

// SES answers these for what is wrong with the mail or its addresses; trying again changes nothing
const refusals = new Set(["MessageRejected", "InvalidParameterValue", "ValidationError", "InvalidParameter"]);

/** The error's text stays behind: SES puts the recipient's address into it. */
const failureOf = (error: unknown): Error =>
  refusals.has(nameOf(error))
    ? new AppError("upstream", "mail.refused", "The mail service did not take the mail.", {
        cause: named(nameOf(error)),
      })
    : awsFailure(error, "mail.unavailable", "The mail service");

const utf8 = (text: string) => ({ Data: text, Charset: "UTF-8" });

/** SES takes only these characters in a tag, and 256 of them. */
const tagValue = (reference: string) => reference.replace(/[^A-Za-z0-9_.@-]/g, "-").slice(0, 256);

/** Sends through Amazon SES, version 1 of its API. */
export const sesMailer = ({ client, from, configurationSet }: Options): Mailer => ({
  send: async ({ to, subject, html, text, reference }) => {
    const command = new SendEmailCommand({
      Source: from,
      // the bare address: a name beside it would have to be encoded by hand and could smuggle in a second address
      Destination: { ToAddresses: [to.email] },
      Message: { Subject: utf8(subject), Body: { Html: utf8(html), Text: utf8(text) } },
      Tags: [{ Name: "reference", Value: tagValue(reference) }],
      ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
    });
    try {
      const { MessageId } = await client.send(command);
      return { messageId: MessageId ?? "" };
    } catch (error) {
      throw failureOf(error);
    }
  },
});
