import type { Answer } from "#shared/breakers/state/asking";
import { type Breaker, iso, partnerBreaker } from "#shared/breakers/state/breaker";
import { type Integration, integrationKey, integrationWrite } from "#shared/integrations/integration";
import type { Item } from "#shared/table/table";
import { anIntegration, anIntegrationRow } from "#test/builders/integration";
import { inMemoryTable } from "#test/fakes/in-memory-table";

/** Whose fault an answer is; chance: Gradient refuses a count for no reason. */
export type Fault = "theirs" | "ours" | "chance" | null;

export interface Truth {
  answer: Answer;
  fault: Fault;
}

export const connectionOf = (id: string): string => `${id}-connection`;

export interface Tenant {
  readonly id: string;
  /** The registered version that Gradient takes; null for none. */
  goodToken: string | null;
  isForbidden: boolean;
  /** For a moment, everything is 401. */
  hasHiccup: boolean;
  /** Its counts are 401 although its organization is 200. */
  refusesCounts: boolean;
}

const idOf = (at: number) => `org-${at + 1}`;
const { token, gradient } = anIntegration();
const rowOf = (at: number): Item =>
  anIntegrationRow({
    partnerId: idOf(at),
    token: token && { ...token, secretName: idOf(at), versionId: "token-1" },
    gradient: gradient && { ...gradient, integrationId: connectionOf(idOf(at)) },
  });
/** Made once: a row takes longer to build than a history to play. */
const rows: Item[] = [];
const rowsFor = (size: number): Item[] => {
  while (rows.length < size) rows.push(rowOf(rows.length));
  return rows.slice(0, size);
};

/** What is true in Gradient, in the secret store and of the partners. */
export const fleet = (size: number) => {
  const table = inMemoryTable(rowsFor(size));
  const tenants: Tenant[] = Array.from({ length: size }, (_, at) => ({
    id: idOf(at),
    goodToken: "token-1",
    isForbidden: false,
    hasHiccup: false,
    refusesCounts: false,
  }));

  const world = {
    table,
    tenants,
    /** In the secret store. */
    storedKey: "key-1",
    keyStoredAt: 0,
    /** When Gradient last took another key than the one in the store. */
    keyWasWrongAt: 0,
    /** When anything last changed in Gradient, or a process last failed. */
    changedAt: 0,
    pausedAt: 0,
    closedByOperator: new Map<string, number>(),
    /** Our own breaker as it was before the write that is being looked at. */
    vendorBefore: undefined as Breaker | undefined,
    breaker: (key: string) => table.rows.get(`breaker#${key}\u0000breaker`) as Breaker | undefined,
    isPaused: (id: string, at: number) => (world.integrationOf(id).schedule.pausedUntil ?? "") > iso(at),
    /** Gradient takes it. */
    goodKey: "key-1",
    isDown: false as boolean,
    forbidsAll: false as boolean,
    /** Whether Gradient looks at the credential before it forbids. */
    looksFirst: false as boolean,

    // as it was written: to check it with each look would take a fifth of the time
    integrationOf: (id: string) => table.rows.get(rowId(id)) as unknown as Integration,
    change: (id: string, change: (before: Integration) => Partial<Integration>): void => {
      const before = world.integrationOf(id);
      table.apply([integrationWrite({ ...before, ...change(before) })]);
    },
    tenant: (id: string): Tenant => tenants.find((one) => one.id === id) as Tenant,

    truth: (id: string, token: string, key: string, call: "count" | "organization"): Truth => {
      const tenant = world.tenant(id);
      if (world.isDown) return { answer: "unanswered", fault: null };
      if (tenant.hasHiccup) return { answer: "token-rejected", fault: "chance" };
      const isTheirs = token !== tenant.goodToken;
      const isRefused = isTheirs || key !== world.goodKey;
      const credential: Truth | null = isRefused
        ? { answer: "token-rejected", fault: isTheirs ? "theirs" : "ours" }
        : null;
      const forbids: Truth | null =
        world.forbidsAll || tenant.isForbidden ? { answer: "forbidden", fault: null } : null;
      const refusal = world.looksFirst ? (credential ?? forbids) : (forbids ?? credential);
      if (refusal !== null) return refusal;
      if (call === "count" && tenant.refusesCounts) return { answer: "token-rejected", fault: "chance" };
      return { answer: "taken", fault: null };
    },
  };
  const rowId = (id: string) => `${integrationKey(id).pk}\u0000${integrationKey(id).sk}`;
  return world;
};
export type Fleet = ReturnType<typeof fleet>;

/** Its calls get through as far as that depends on itself. */
export const isFit = (world: Fleet, { id, goodToken }: Tenant, at: number): boolean => {
  const { state, token: registered } = world.integrationOf(id);
  return state === "active" && registered?.versionId === goodToken && !world.isPaused(id, at);
};

export const keysOf = ({ tenants }: Fleet): string[] => ["vendor", ...tenants.map(({ id }) => partnerBreaker(id))];
