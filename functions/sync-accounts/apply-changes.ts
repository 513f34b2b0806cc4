import { accountsPerCall } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import type { AccountChanges } from "./account-changes.ts";
import { type Spare, sendHalving } from "./send-halving.ts";

// One refused account among 500 costs 18 calls. More than this in one look would keep others waiting.
const spareCalls = 40;

export interface Applied {
  /** Gradient's words, by the ids of customers that it does not take, or not as they are. */
  refused: Map<string, string>;
  /** Customers that have no account, and got none. */
  notCreated: Set<string>;
  notChanged: Set<string>;
  /** Some are left for the next look. */
  isUnfinished: boolean;
  created: number;
  existed: number;
}

/** Brings the partner's accounts in Gradient to what its customers are. Tells whom Gradient refused. */
export const applyChanges = async (
  gradient: Pick<GradientSetup, "readAccounts" | "createAccounts" | "changeAccounts">,
  token: PartnerToken,
  { create, change }: Pick<AccountChanges, "create" | "change">,
): Promise<Applied> => {
  const spare: Spare = { calls: spareCalls };
  const creation = await sendHalving({
    items: create.map(({ id, name }) => ({ id, name })),
    perCall: accountsPerCall,
    send: (accounts) => gradient.createAccounts(token, accounts),
    readAgain: async () => new Set((await gradient.readAccounts(token)).map(({ id }) => id)),
    spare,
  });
  // one that has a conflict is not what it should be
  const changing = await sendHalving({
    items: change,
    perCall: accountsPerCall,
    send: (changes) => gradient.changeAccounts(token, changes),
    spare,
  });
  return {
    refused: new Map([...creation.refused, ...changing.refused]),
    notCreated: new Set([...creation.refused.keys(), ...creation.unsent]),
    notChanged: new Set([...changing.refused.keys(), ...changing.unsent]),
    isUnfinished: creation.unsent.size + changing.unsent.size > 0,
    created: creation.done,
    existed: creation.existed.size,
  };
};
