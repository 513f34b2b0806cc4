import { isAppError } from "#shared/errors";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import type { AccountChanges } from "./account-changes.ts";

const isRefusal = (error: unknown): boolean =>
  isAppError(error, "gradient.conflict") || isAppError(error, "gradient.refused");

/**
 * Sends all at once or, where Gradient refuses that, one by one: a refused account keeps no other out. Answers the ids
 * of the refused.
 */
const sendEach = async <T extends { id: string }>(accounts: T[], send: (some: T[]) => Promise<void>) => {
  const refused: string[] = [];
  if (accounts.length === 0) return refused;
  try {
    await send(accounts);
    return refused;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  for (const account of accounts) {
    try {
      await send([account]);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // a conflict says that it exists, which is what we want
      if (isAppError(error, "gradient.refused")) refused.push(account.id);
    }
  }
  return refused;
};

export interface Refused {
  /** Customers that have no account, and get none. */
  notCreated: Set<string>;
  notChanged: Set<string>;
}

/** Brings the partner's accounts in Gradient to what its customers are. Answers whom Gradient refused. */
export const applyChanges = async (
  gradient: Pick<GradientSetup, "createAccounts" | "changeAccounts">,
  token: PartnerToken,
  { missing, change }: AccountChanges,
): Promise<Refused> => {
  const create = missing.map(({ id, name }) => ({ id, name }));
  const notCreated = await sendEach(create, (accounts) => gradient.createAccounts(token, accounts));
  const notChanged = await sendEach(change, (changes) => gradient.changeAccounts(token, changes));
  return { notCreated: new Set(notCreated), notChanged: new Set(notChanged) };
};
