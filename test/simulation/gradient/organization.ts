import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import type { Post } from "./call.ts";

/** What Gradient keeps for one connection of a partner. On another it knows nothing of it. */
export interface Side {
  readonly organization: Organization;
  readonly integrationId: string;
  status: string;
  /** Undefined once the partner has taken it away. */
  key: PartnerToken | undefined;
  /** Each line's number, and when it was called that came last. */
  readonly counts: Map<string, { unitCount: number; calledAt: number }>;
  /** Every number that was ever accepted, by line. */
  readonly accepted: Map<string, Set<number>>;
  readonly posts: Map<string, Post[]>;
  /** The lines whose number has changed since the views were rebuilt, by a call that was made and landed then. */
  readonly unseen: Map<string, { calledAt: number; landedAt: number }>;
  /** A number was accepted. */
  isProven: boolean;
  /** Gradient's services for which one was. */
  readonly provenServices: Set<string>;
}

export interface Account {
  name: string;
  isMapped: boolean;
  isActive: boolean;
}

/** A partner in Gradient: its accounts and mappings, and its connections to us, one after the other. */
export interface Organization {
  readonly id: string;
  readonly accounts: Map<string, Account>;
  readonly mappedServices: Set<string>;
  /** Accounts that are there, and not in the list. */
  readonly unlisted: Set<string>;
  /** False: a change of an account is refused. */
  takesChanges: boolean;
  current(): Side;
  sides(): readonly Side[];
  /** The key before is refused from now on. */
  regenerateKey(): PartnerToken;
  /** The partner makes another connection; the one before may stay as it is. */
  connectAnew(keepsOld: boolean): PartnerToken;
  isMapped(line: string): boolean;
  /** Accounts go, and their counts with them. */
  deleteAccounts(ids: string[]): void;
}

/** `sideOf` learns of each key which side it opens, or opened. */
export const organization = (id: string, sideOf: Map<string, Side>): Organization => {
  const accounts = new Map<string, Account>();
  const mappedServices = new Set<string>();
  const sides: Side[] = [];
  let keys = 0;

  const giveKey = (side: Side): PartnerToken => {
    keys += 1;
    const key = partnerToken.parse(`partner-key-of-${id}-${keys}`);
    side.key = key;
    sideOf.set(key, side);
    return key;
  };
  const add = (status: string): Side => {
    const side: Side = {
      organization: itself,
      integrationId: `connection-${id}-${sides.length + 1}`,
      status,
      key: undefined,
      counts: new Map(),
      accepted: new Map(),
      posts: new Map(),
      unseen: new Map(),
      isProven: false,
      provenServices: new Set(),
    };
    sides.push(side);
    return side;
  };
  const itself: Organization = {
    id,
    accounts,
    mappedServices,
    unlisted: new Set(),
    takesChanges: true,
    current: () => current,
    sides: () => sides,
    regenerateKey: () => giveKey(current),
    connectAnew: (keepsOld) => {
      if (!keepsOld) current.key = undefined;
      current = add("inactive");
      return giveKey(current);
    },
    isMapped: (line) => {
      const [account = "", service = ""] = line.split("/");
      return accounts.get(account)?.isMapped === true && mappedServices.has(service);
    },
    deleteAccounts: (ids) => {
      const gone = new Set(ids);
      for (const account of gone) accounts.delete(account);
      for (const side of sides) {
        for (const line of [...side.counts.keys()].filter((its) => gone.has(its.slice(0, its.indexOf("/"))))) {
          side.counts.delete(line);
          side.unseen.delete(line);
        }
      }
    },
  };
  let current = add("active");
  giveKey(current);
  return itself;
};
