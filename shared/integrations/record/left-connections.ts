import * as z from "zod";
import { instant } from "../../identifier.ts";
import { dayMs } from "../../schedules/zoned-time.ts";
import { type Closing, closingUntil } from "./closing.ts";
import type { registeredToken } from "./connection.ts";
import { aDayAfter } from "./looks.ts";

/**
 * A connection that the partner has left, and that Gradient has still to hear of. For so long its key is needed, and so
 * is the secret: keys of several connections are versions of one. The message only wakes a worker.
 */
export const leftConnection = z.object({
  /** Another one each time that a connection is left. */
  id: z.string(),
  secretName: z.string(),
  /** Empty where a key was about to be registered, and nobody knows which. */
  versionId: z.string(),
  integrationId: z.string().nullable(),
  organizationId: z.string().nullable().default(null),
  /** Then the key is deleted, whether Gradient has heard it or not. */
  until: instant,
  /** When the message is sent again, should no worker have come to an end with it. */
  retryAt: instant,
});
export type LeftConnection = z.infer<typeof leftConnection>;

/** What a partner leaves: the key, and the connection that it belongs to. */
export interface Left {
  token: Pick<z.infer<typeof registeredToken>, "secretName" | "versionId">;
  gradient: { integrationId: string | null; organizationId?: string | null } | null;
}

interface Moment {
  at: string;
  newId: () => string;
}

const isOf =
  ({ secretName, versionId }: Left["token"]) =>
  (one: LeftConnection): boolean =>
    one.secretName === secretName && one.versionId === versionId;

export const leftConnectionOf = (
  value: { leftConnections: LeftConnection[] } | undefined,
  token: Left["token"],
): LeftConnection | undefined => value?.leftConnections.find(isOf(token));

/** With one more; the queue tries its message for a day, and after that the watch over looks sends another. */
export const withLeft = (before: LeftConnection[], { token, gradient }: Left, { at, newId }: Moment) => [
  ...before.filter((one) => !isOf(token)(one)),
  {
    id: newId(),
    secretName: token.secretName,
    versionId: token.versionId,
    integrationId: gradient?.integrationId ?? null,
    organizationId: gradient?.organizationId ?? null,
    until: closingUntil(at),
    retryAt: aDayAfter(at),
  },
];

// SQS keeps no message for longer, dead letters neither
const longestDelayMs = 14 * dayMs;

/**
 * With one that a message tells of and the record does not: the message is of a version of before, as another one about
 * the same secret may be that is still on its way. So the secret is kept for as long as a message may be late.
 */
export const withUnrecorded = (before: LeftConnection[], left: Left, moment: Moment) => {
  const retryAt = new Date(Date.parse(moment.at) + longestDelayMs).toISOString();
  return withLeft(before, left, moment).map((one) =>
    isOf(left.token)(one) ? { ...one, retryAt, until: retryAt } : one,
  );
};

/** Some connection, of now or of before, has its key in this secret. */
export const isSecretNeeded = (
  value: {
    token: { secretName: string } | null;
    secretName: string | null;
    closing: Closing | null;
    leftConnections: LeftConnection[];
  },
  secretName: string,
): boolean =>
  [value.token?.secretName, value.secretName, value.closing?.token.secretName].includes(secretName) ||
  value.leftConnections.some((one) => one.secretName === secretName);
