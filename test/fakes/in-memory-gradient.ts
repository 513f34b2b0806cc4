import { randomUUID } from "node:crypto";
import { AppError } from "#shared/errors";
import type { CountAnswer, GradientAccount, GradientConnection, GradientService } from "#shared/gradient/gradient-api";
import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import type { GradientSide } from "./paced-gradient.ts";

interface Account {
  name: string;
  isMapped: boolean;
  isActive: boolean;
}

/** One partner's side of Gradient. */
export interface GradientOrganization {
  readonly connection: GradientConnection;
  /** The key that is valid now; undefined while the partner has the integration disconnected. */
  token: PartnerToken | undefined;
  readonly accounts: Map<string, Account>;
  readonly mappedServices: Set<string>;
  /** What Gradient holds: by account id, then by service id. */
  readonly counts: Map<string, Map<string, number>>;
}

type Call = keyof GradientSide;
type Failure = { error: Error } | { answer: CountAnswer };

export interface InMemoryGradient extends GradientSide {
  readonly services: GradientService[];
  /** Every count that came in, oldest first, whatever became of it. */
  readonly countsReceived: { serviceId: string; accountId: string; unitCount: number; rebuildsViews: boolean }[];
  addOrganization(organization: Partial<GradientConnection> & { token: PartnerToken }): GradientOrganization;
  organizationOf(token: PartnerToken): GradientOrganization | undefined;
  /** Maps an account or a service, as the partner does in Gradient; also false again. */
  mapAccount(token: PartnerToken, accountId: string, isMapped?: boolean): void;
  mapService(token: PartnerToken, serviceId: string, isMapped?: boolean): void;
  /** The old key is refused from now on; accounts stay. */
  regenerateKey(token: PartnerToken): PartnerToken;
  /** The key is refused, and all accounts that the vendor created are gone. */
  disconnect(token: PartnerToken): void;
  countOf(token: PartnerToken, accountId: string, serviceId: string): number | undefined;
  /** The next such call ends like this. `lands`: it takes effect nevertheless, only the answer is another. */
  failNext(call: Call, failure: Failure, options?: { times?: number; lands?: boolean }): void;
}

const refused = (message: string) => new AppError("upstream", "gradient.refused", message);

/** Gradient as far as our calls can see it. `now` dates the first accepted count. */
export const inMemoryGradient = ({ now = () => new Date() } = {}): InMemoryGradient => {
  const organizations: GradientOrganization[] = [];
  const services: GradientService[] = [];
  const countsReceived: InMemoryGradient["countsReceived"] = [];
  const failures = new Map<Call, { failure: Failure; lands: boolean }[]>();

  const organizationOf = (token: PartnerToken) => organizations.find((organization) => organization.token === token);

  const signedIn = (token: PartnerToken): GradientOrganization => {
    const organization = organizationOf(token);
    if (organization !== undefined) return organization;
    throw new AppError("forbidden", "gradient.token-rejected", "Gradient rejected the partner token.");
  };

  const accountOf = (organization: GradientOrganization, id: string): Account => {
    const account = organization.accounts.get(id);
    if (account === undefined) throw refused(`No account found with id: ${id}`);
    return account;
  };

  const setCount = (token: PartnerToken, serviceId: string, accountId: string, unitCount: number): CountAnswer => {
    const organization = organizationOf(token);
    if (organization === undefined) return { kind: "token-rejected" };
    if (!Number.isFinite(unitCount)) return { kind: "rejected", message: "unitCount must be a number" };
    if (organization.accounts.get(accountId)?.isMapped !== true) {
      return { kind: "unmapped", message: `No account map found with id: ${accountId}` };
    }
    if (!organization.mappedServices.has(serviceId)) {
      return { kind: "unmapped", message: `No service map found with id: ${serviceId}` };
    }
    const counts = organization.counts.get(accountId) ?? new Map<string, number>();
    organization.counts.set(accountId, counts.set(serviceId, unitCount));
    organization.connection.status = "active";
    organization.connection.lastSyncedAt = now().toISOString();
    return { kind: "accepted" };
  };

  /** Runs the call, or what `failNext` put in its place. */
  const attempt = async <T>(call: Call, run: () => T, asResult?: (answer: CountAnswer) => T): Promise<T> => {
    const planned = failures.get(call)?.shift();
    if (planned === undefined) return run();
    if (planned.lands) run();
    if ("error" in planned.failure) throw planned.failure.error;
    if (asResult === undefined) throw new Error(`${call} gives no count answer; plan an error.`);
    return asResult(planned.failure.answer);
  };

  return {
    services,
    countsReceived,
    organizationOf,

    addOrganization: ({ token, ...connection }) => {
      const organization: GradientOrganization = {
        token,
        accounts: new Map(),
        mappedServices: new Set(),
        counts: new Map(),
        connection: {
          organizationId: randomUUID(),
          organizationName: "Example MSP",
          integrationId: randomUUID(),
          status: "inactive",
          lastSyncedAt: null,
          ...connection,
        },
      };
      organizations.push(organization);
      return organization;
    },
    mapAccount: (token, accountId, isMapped = true) => {
      accountOf(signedIn(token), accountId).isMapped = isMapped;
    },
    mapService: (token, serviceId, isMapped = true) => {
      const { mappedServices } = signedIn(token);
      if (isMapped) mappedServices.add(serviceId);
      else mappedServices.delete(serviceId);
    },
    regenerateKey: (token) => {
      const next = partnerToken.parse(randomUUID());
      signedIn(token).token = next;
      return next;
    },
    disconnect: (token) => {
      const organization = signedIn(token);
      organization.token = undefined;
      organization.accounts.clear();
      organization.counts.clear();
      organization.connection.status = "inactive";
    },
    countOf: (token, accountId, serviceId) => organizationOf(token)?.counts.get(accountId)?.get(serviceId),
    failNext: (call, failure, { times = 1, lands = false } = {}) => {
      const planned = failures.get(call) ?? [];
      failures.set(call, [...planned, ...Array.from({ length: times }, () => ({ failure, lands }))]);
    },

    readConnection: (token) => attempt("readConnection", () => ({ ...signedIn(token).connection })),
    setStatus: (token, status) =>
      attempt("setStatus", () => {
        signedIn(token).connection.status = status;
      }),
    readServices: (token) =>
      attempt("readServices", () => {
        signedIn(token);
        return services.map((service) => ({ ...service }));
      }),
    createService: (token, { name }) =>
      attempt("createService", () => {
        signedIn(token);
        services.push({ id: randomUUID(), name });
      }),
    readAccounts: (token) =>
      attempt("readAccounts", (): GradientAccount[] =>
        [...signedIn(token).accounts].map(([id, { name, isMapped }]) => ({ id, name, isMapped })),
      ),
    createAccounts: (token, accounts) =>
      attempt("createAccounts", () => {
        const organization = signedIn(token);
        const taken = accounts.find(({ id }) => organization.accounts.has(id));
        if (taken) throw new AppError("conflict", "gradient.conflict", `An account with id ${taken.id} exists.`);
        for (const { id, name } of accounts) organization.accounts.set(id, { name, isMapped: false, isActive: true });
      }),
    changeAccounts: (token, changes) =>
      attempt("changeAccounts", () => {
        const organization = signedIn(token);
        const isKnown = ({ id }: { id: string }) => organization.accounts.has(id);
        if (!changes.every(isKnown)) throw refused("No account found for some of the changes.");
        for (const { id, ...change } of changes) Object.assign(accountOf(organization, id), change);
      }),
    setUnitCount: (token, { serviceId, accountId, unitCount, rebuildsViews }) => {
      countsReceived.push({ serviceId, accountId, unitCount, rebuildsViews });
      return attempt(
        "setUnitCount",
        () => setCount(token, serviceId, accountId, unitCount),
        (answer) => answer,
      );
    },
  };
};
