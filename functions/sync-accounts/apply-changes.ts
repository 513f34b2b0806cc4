import { AppError, isAppError } from "#shared/errors";
import { accountsPerCall } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import type { AccountChanges } from "./account-changes.ts";
import { type Halved, type Spare, sendHalving } from "./send-halving.ts";

// One refused account among 500 costs 18 calls. More than this in one look would keep others waiting.
const spareCalls = 40;

const ofChanges = "changes";
/** Whether a look came to nothing because Gradient failed on what it creates or changes. */
export const isOfChanges = (error: unknown): boolean => error instanceof AppError && error.cause === ofChanges;

/** Marks Gradient's failure on what was sent (`isOfChanges`): a list that cannot be read is another trouble. */
const naming = async (sending: Promise<Halved>): Promise<Halved> => {
  try {
    return await sending;
  } catch (error) {
    if (!isAppError(error, "gradient.unavailable")) throw error;
    throw new AppError("unavailable", error.code, error.message, { cause: ofChanges });
  }
};

export interface Applied {
  /** Gradient's words, by the ids of customers that it does not take, or not as they are. */
  refused: Map<string, string>;
  /** Customers that have no account, and got none. */
  notCreated: Set<string>;
  notChanged: Set<string>;
  /** Some are left for the next look. */
  isUnfinished: boolean;
  created: number;
  existed: Set<string>;
  /** What all that has cost. */
  calls: number;
}

interface Standing {
  /** So many looks before have come to nothing here. */
  failures: number;
  hasTime: () => boolean;
}

/**
 * Brings the partner's accounts in Gradient to what its customers are. Tells whom Gradient refused. Throws
 * `gradient.unavailable` where it fails on all of it.
 */
export const applyChanges = async (
  gradient: Pick<GradientSetup, "readAccounts" | "createAccounts" | "changeAccounts">,
  token: PartnerToken,
  {
    create,
    wereThere,
    change,
    refusedBefore,
  }: Pick<AccountChanges, "create" | "wereThere" | "change" | "refusedBefore">,
  { failures, hasTime }: Standing,
): Promise<Applied> => {
  let calls = 0;
  const counted = <T>(call: Promise<T>): Promise<T> => {
    calls += 1;
    return call;
  };
  const spare: Spare = { calls: spareCalls, hasTime };
  const isKnown = ({ id }: { id: string }): boolean => refusedBefore.has(id);
  const standing = { perCall: accountsPerCall, spare, failures, isKnown };
  const creation = await naming(
    sendHalving({
      ...standing,
      items: create.map(({ id, name }) => ({ id, name })),
      send: (accounts) => counted(gradient.createAccounts(token, accounts)),
      wasThere: ({ id }) => wereThere.has(id),
      readAgain: async () => new Set((await counted(gradient.readAccounts(token))).map(({ id }) => id)),
    }),
  );
  const notCreated = new Set([...creation.refused.keys(), ...creation.unsent]);
  const items = change.filter(({ id }) => !notCreated.has(id));
  // one that has a conflict is not what it should be
  const changing = await naming(
    sendHalving({ ...standing, items, send: (changes) => counted(gradient.changeAccounts(token, changes)) }),
  );
  return {
    refused: new Map([...creation.refused, ...changing.refused]),
    notCreated,
    notChanged: new Set([...notCreated, ...changing.refused.keys(), ...changing.unsent]),
    isUnfinished: creation.unsent.size + changing.unsent.size > 0,
    created: creation.done,
    existed: creation.existed,
    calls,
  };
};
