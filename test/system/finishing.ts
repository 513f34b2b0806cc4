import * as z from "zod";
import type { ApiClient } from "#client/api-client";
import { bodyOf, type connectPartner, untilState } from "./hub-session.ts";

const base = "/v1/integrations/gradient";

export type ConnectedPartner = Pick<Awaited<ReturnType<typeof connectPartner>>, "session" | "post" | "at">;

/** The moments at which the partner's audit trail names something of this kind, oldest first. */
export const momentsOf = async (session: ApiClient, type: string): Promise<string[]> => {
  const { items } = bodyOf(await session(`GET ${base}/events`, {}));
  return items
    .filter((event) => event.type === type)
    .map(({ at }) => at)
    .toReversed();
};

/** Every account and service, but those of these customers; as the partner does it in Gradient. */
export const mapAll = ({ post, at }: Pick<ConnectedPartner, "post" | "at">, except: string[] = []) =>
  post(`${at}/mappings/auto`, { accounts: "all", services: "all", exceptAccounts: except });

/**
 * The partner finishes its mapping. Answers how long it took until *Next* was open, by the time that the service itself
 * has noted: whoever waits for it here may be late.
 */
export const finishUntilNext = async (
  { session, post, at }: ConnectedPartner,
  { limitMs }: { limitMs?: number } = {},
): Promise<number> => {
  const finishedAt = Date.now();
  await post(`${at}/finish`, {});
  const { nextEnabled } = await untilState(session, "active", limitMs);
  const [activatedAt] = await momentsOf(session, "integration.activated");
  if (!nextEnabled || activatedAt === undefined) throw new Error("Next is not open");
  return Date.parse(activatedAt) - finishedAt;
};

const logged = z.object({ items: z.array(z.object({ n: z.number() })) });

/** How many counts of this partner Gradient has been sent. */
export const countsSent = async (at: string): Promise<number> =>
  logged.parse(await (await fetch(`${at}/calls`)).json()).items.length;

const held = z.object({
  items: z.array(z.object({ accountId: z.string(), serviceName: z.string(), unitCount: z.number() })),
});

/** Gradient's counts as `customer service count`. */
export const countsHeld = async (at: string): Promise<string[]> =>
  held
    .parse(await (await fetch(`${at}/counts`)).json())
    .items.map(({ accountId, serviceName, unitCount }) => `${accountId} ${serviceName} ${unitCount}`)
    .sort();
