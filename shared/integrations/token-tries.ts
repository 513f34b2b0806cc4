import * as z from "zod";
import { AppError } from "../errors.ts";
import { instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { readRow } from "../stored.ts";
import { type Item, type Key, type RowWrite, type Table, versioned } from "../table/table.ts";

/** When a partner's people have entered tokens that Gradient refused, so that nobody tries out tokens through us. */
const tokenTries = z.object({ partnerId: z.string(), refusedAt: z.array(instant), version: z.number() });
export type TokenTries = z.infer<typeof tokenTries>;

export const maxTries = 5;
const windowMs = 10 * 60_000;

const key = (partnerId: string): Key => ({ pk: partnerPk(partnerId), sk: "token-tries" });

export const readTokenTries = async (table: Pick<Table, "get">, partnerId: string): Promise<TokenTries> => {
  const item = await table.get(key(partnerId));
  return item ? readRow(tokenTries, item) : { partnerId, refusedAt: [], version: 0 };
};

const recent = ({ refusedAt }: TokenTries, now: Date): string[] =>
  refusedAt.filter((at) => Date.parse(at) > now.getTime() - windowMs);

/** Throws `token.cooldown` where as many were refused within ten minutes as may be. */
export const checkTokenTries = (tries: TokenTries, now: Date): void => {
  const within = recent(tries, now);
  const first = within.at(-maxTries);
  if (first === undefined) return;
  const retryAfterSeconds = Math.ceil((Date.parse(first) + windowMs - now.getTime()) / 1000);
  const detail = `Gradient has refused ${maxTries} tokens within ten minutes. Try again in ${retryAfterSeconds} s.`;
  throw new AppError("too-many", "token.cooldown", detail, { retryAfterSeconds });
};

/** One more was refused. The row goes by itself once it says nothing any more. */
export const refusedTryWrite = (before: TokenTries, now: Date): RowWrite => {
  const item: Item = {
    ...before,
    refusedAt: [...recent(before, now), now.toISOString()].slice(-maxTries),
    ...key(before.partnerId),
    expiresAt: Math.ceil((now.getTime() + windowMs) / 1000),
  };
  return versioned(item);
};
