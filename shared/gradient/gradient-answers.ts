import { AppError } from "../errors.ts";
import { type CountAnswer, gradientUnavailable } from "./gradient-api.ts";
import { refusalReply } from "./gradient-replies.ts";
import type { TransportReply } from "./https-transport.ts";
import { withoutSecrets } from "./withheld-words.ts";

/** A reply, and what must not be repeated from it: Gradient might quote the header that it refuses. */
export interface Answer {
  reply: TransportReply;
  secrets: string[];
  receivedAt: Date;
}

const shownCharacters = 300;

export const isSuccess = ({ reply }: Answer): boolean => reply.status >= 200 && reply.status < 300;

/** The body as JSON, undefined where it is none. */
export const jsonOf = ({ reply }: Answer): unknown => {
  try {
    return JSON.parse(reply.body);
  } catch {
    return undefined;
  }
};

/** Gradient's own words for a refusal, fit to be shown. */
const refusalText = (answer: Answer): string => {
  const parsed = refusalReply.safeParse(jsonOf(answer));
  if (!parsed.success) return `Gradient gave no reason (status ${answer.reply.status}).`;

  const words = [parsed.data.message].flat().join("; ");
  const harmless = withoutSecrets(words, answer.secrets);
  if (harmless === undefined) return `Gradient's reason is not shown (status ${answer.reply.status}).`;
  return harmless
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, shownCharacters)
    .toWellFormed();
};

/** Retry-After in either of its forms, seconds or an HTTP date; null where there is none to go by. */
export const retryAfterMs = ({ reply, receivedAt }: Answer): number | null => {
  const text = reply.headers["retry-after"]?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // a date of HTTP starts with the day's name; Date.parse alone would take "-5" for a month
  const at = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - receivedAt.getTime());
};

/**
 * A 201 is Gradient's documented yes, whatever follows it. Any other success counts too, unless its body is not JSON:
 * then a proxy or a login page answered in Gradient's place.
 */
const isStored = (answer: Answer) =>
  answer.reply.status === 201 ||
  (isSuccess(answer) && (answer.reply.body.trim() === "" || jsonOf(answer) !== undefined));

export const toCountAnswer = (answer: Answer): CountAnswer => {
  const { status } = answer.reply;
  if (isStored(answer)) return { kind: "accepted" };
  if (isSuccess(answer)) return { kind: "in-doubt", reason: `status ${status} with a body that is not Gradient's` };
  if (status === 401) return { kind: "token-rejected" };
  if (status === 403) return { kind: "forbidden" };
  if (status === 404) return { kind: "unmapped", message: refusalText(answer) };
  if (status === 429) return { kind: "throttled", retryAfterMs: retryAfterMs(answer) };
  // 408 is a refusal by its number only: the server does not know how much it has read
  if (status === 408 || status < 400 || status >= 500) return { kind: "in-doubt", reason: `status ${status}` };
  return { kind: "rejected", message: refusalText(answer) };
};

/** Why a call was refused: its body, whatever is in it. */
export const tooLarge = "too large";

/** What a call other than a count throws for a reply without success. */
export const toAppError = (answer: Answer): AppError => {
  const { status } = answer.reply;
  if (status === 401) {
    return new AppError("forbidden", "gradient.token-rejected", "Gradient rejected the partner token.");
  }
  if (status === 403) {
    return new AppError(
      "upstream",
      "gradient.forbidden",
      "Gradient has blocked the calls; its support has to lift that.",
    );
  }
  if (status === 409) {
    return new AppError("conflict", "gradient.conflict", `Gradient has that already: ${refusalText(answer)}`);
  }
  if (status === 429) {
    const wait = retryAfterMs(answer);
    return new AppError("unavailable", "gradient.throttled", "Gradient is slowing us down.", {
      ...(wait === null ? {} : { retryAfterSeconds: Math.ceil(wait / 1000) }),
    });
  }
  // Gradient's own program has ended with it; what stands between us may have passed a call on before it failed
  if (status === 500) return gradientUnavailable("over");
  if (status === 408 || status < 400 || status >= 500) return gradientUnavailable("may-land");
  const detail = `Gradient refused the call with status ${status}: ${refusalText(answer)}`;
  return new AppError("upstream", "gradient.refused", detail, status === 413 ? { cause: tooLarge } : {});
};
