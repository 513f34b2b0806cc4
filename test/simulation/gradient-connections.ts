import type { GradientConnection } from "#shared/gradient/gradient-api";
import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import type { Process } from "./processes.ts";

/** One count on its way. */
export interface Post {
  by: Process;
  line: string;
  unitCount: number;
  rebuildsViews: boolean;
  token: string;
  calledAt: number;
  landedAt: number | null;
  /** When its sender heard what became of it; null while it may still land for all that anybody knows. */
  settledAt: number | null;
}

/** What Gradient keeps for one connection of the partner. On another it knows nothing of it. */
export interface Side {
  readonly connection: GradientConnection;
  /** Undefined once the partner has taken it away. */
  key: PartnerToken | undefined;
  readonly counts: Map<string, number>;
  /** Every number that was ever accepted, by line. */
  readonly accepted: Map<string, Set<number>>;
  readonly posts: Map<string, Post[]>;
  /** The lines whose number has changed since the views were rebuilt. */
  readonly unseen: Set<string>;
  /** A number was accepted. */
  isProven: boolean;
  /** Gradient's services for which one was. */
  readonly provenServices: Set<string>;
}

/** The partner's connections, one after the other; accounts and services go along, counts do not. */
export const gradientConnections = () => {
  let keys = 0;
  const sides: Side[] = [];
  /** By every key that there ever was. */
  const byKey = new Map<string, Side>();

  const giveKey = (side: Side): PartnerToken => {
    keys += 1;
    const key = partnerToken.parse(`partner-key-number-${keys}`);
    side.key = key;
    byKey.set(key, side);
    return key;
  };
  const add = (status: string): Side => {
    const connection = {
      organizationId: "gradient-org-1",
      organizationName: "Example MSP",
      integrationId: `connection-${sides.length + 1}`,
      status,
      lastSyncedAt: null,
    };
    const side: Side = {
      connection,
      key: undefined,
      counts: new Map(),
      accepted: new Map(),
      posts: new Map(),
      unseen: new Set(),
      isProven: false,
      provenServices: new Set(),
    };
    sides.push(side);
    return side;
  };
  let current = add("active");
  giveKey(current);

  return {
    current: () => current,
    /** The one that the key is, or was, of. */
    ofKey: (key: string): Side => byKey.get(key) ?? current,
    ofId: (integrationId: string): Side | undefined =>
      sides.find(({ connection }) => connection.integrationId === integrationId),
    /** The key before is refused from now on. */
    regenerateKey: () => giveKey(current),
    /** The partner makes another connection; the one before may stay as it is. */
    connectAnew: (keepsOld: boolean): PartnerToken => {
      if (!keepsOld) current.key = undefined;
      current = add("inactive");
      return giveKey(current);
    },
  };
};
