import type { IncomingMessage, ServerResponse } from "node:http";
import type { Email } from "aws-ses-v2-local/dist/store.js";
import { sendJson } from "../http/http-server.ts";
import { lazyBundle } from "../pages/bundle-page.ts";
import { servePage } from "../pages/serve-page.ts";

/** The other pages of the system; empty where there is none. */
export interface MailboxLinks {
  hubUi: string;
  gradient: string;
}

const summaryOf = ({ messageId, at, from, destination, subject }: Email) => ({
  id: messageId,
  at: new Date(at * 1000).toISOString(),
  from,
  to: [...destination.to, ...destination.cc, ...destination.bcc],
  subject,
});
export type MailSummary = ReturnType<typeof summaryOf>;

const mailOf = (email: Email) => ({
  ...summaryOf(email),
  destination: email.destination,
  replyTo: email.replyTo,
  text: email.body.text ?? null,
  hasHtml: email.body.html !== undefined,
  headers: email.headers ?? [],
  attachments: email.attachments.map(({ filename, contentType, size }) => ({ filename, contentType, size })),
});
export type Mail = ReturnType<typeof mailOf>;

/** A mail's own styles are let in and nothing else, whoever opens its address: no script, no picture, no form. */
const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "sandbox allow-popups allow-popups-to-escape-sandbox",
].join("; ");

/** As the mail came, but that its links open beside the mailbox and not within the frame, where nothing may load. */
const withLinksBeside = (html: string): string => {
  const base = '<base target="_blank">';
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => `${head}${base}`) : `${base}${html}`;
};

const sendHtml = (response: ServerResponse, html: string): void => {
  const body = Buffer.from(withLinksBeside(html));
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-length": body.byteLength,
    "content-security-policy": policy,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
};

const answersPage = servePage({
  title: "Mailbox · Secure MSP Hub on this machine",
  bundle: lazyBundle("local/mailbox/page/main.tsx"),
  calls: () => [],
});

const decoded = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};

/** The mailbox's page and what it reads; false for any other request. */
export const mailboxPage = (emails: () => readonly Email[], links: () => MailboxLinks) => {
  const answersMail = (response: ServerResponse, segments: string[]): void => {
    const [id = "", part, ...more] = segments;
    const email = emails().findLast(({ messageId }) => messageId === decoded(id));
    const html = email?.body.html;
    if (email !== undefined && part === undefined) sendJson(response, 200, mailOf(email), noStore);
    else if (html !== undefined && part === "html" && more.length === 0) sendHtml(response, html);
    else sendJson(response, 404, { message: "There is no such mail." });
  };
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    const pathname = URL.parse(request.url ?? "", "http://mailbox")?.pathname ?? "";
    if (pathname === "/setting.json") {
      const { hubUi, gradient } = links();
      sendJson(response, 200, { hubUi, gradient }, noStore);
    } else if (pathname === "/mails") {
      sendJson(response, 200, { items: emails().map(summaryOf).toReversed() }, noStore);
    } else if (pathname.startsWith("/mails/")) {
      answersMail(response, pathname.split("/").slice(2));
    } else return await answersPage(request, response);
    return true;
  };
};

const noStore = { "cache-control": "no-store" };
