import type { TransportReply } from "#shared/gradient/https-transport";
import { type Call, type Post, refusal, reply } from "./call.ts";
import { type Organization, organization, type Side } from "./organization.ts";

/** What stands in the way of a call at Gradient at this moment. */
export interface Troubles {
  /** Gradient fails, or says nothing, for this partner; `post` is the call where it is a count. */
  failure(organizationId: string, post: Post | undefined): "failed" | "silent" | null;
  /** 401, 403 or 429 instead of what it would say. */
  refusal(organizationId: string, post: Post | undefined): number | null;
  /** What of a partner Gradient shows as if it had disconnected. */
  denial(organizationId: string): "accounts" | "connection" | null;
}

interface Options {
  now: () => number;
  tellsMapping: boolean;
  troubles: Troubles;
  /** The key that it takes from us at this moment. */
  vendorKey: () => string;
  /** A count has reached a partner's side. */
  onLanded: (post: Post, side: Side) => void;
}

/** Gradient's own ids of services are made from the names that the hub gives them. */
export const gradientServiceId = (serviceId: string): string => `gradient-${serviceId}`;
export const hubServiceId = (id: string): string => id.replace("gradient-", "");
export const serviceName = (serviceId: string): string => `Service ${serviceId}`;

const isDead = (side: Side | undefined, call: Call): boolean => side?.key !== call.token;

/** Gradient with all partners' organizations and the one catalogue of our services. */
export const gradientVendor = ({ now, tellsMapping, troubles, vendorKey, onLanded }: Options) => {
  const sideOf = new Map<string, Side>();
  const organizations = new Map<string, Organization>();
  const services: { id: string; name: string }[] = [];
  /** Names of accounts or services that were created when they were there. */
  const doubled: string[] = [];
  /** Told of accounts that are there from now on. */
  const createdListeners: ((its: Organization, ids: string[]) => void)[] = [];

  const createService = (name: string): TransportReply => {
    const again = services.filter((its) => its.name === name).length;
    if (again > 0) doubled.push(name);
    // another one of the same name, without a word
    services.push({ id: `${gradientServiceId(name.replace("Service ", ""))}${"-again".repeat(again)}`, name });
    return reply(201);
  };
  const accountsOf = ({ organization: { accounts, unlisted } }: Side) =>
    [...accounts]
      .filter(([id]) => !unlisted.has(id))
      .map(([id, { name, isMapped }]) => ({ id, name, ...(tellsMapping ? { isMapped } : {}) }));
  const createAccounts = ({ organization: its }: Side, added: { id: string; name: string }[]): TransportReply => {
    if (added.some(({ id }) => its.accounts.has(id))) return refusal(409, "exists");
    for (const { id, name } of added) its.accounts.set(id, { name, isMapped: false, isActive: true });
    const ids = added.map(({ id }) => id);
    for (const hear of createdListeners) hear(its, ids);
    return reply(201);
  };
  const changeAccounts = (
    { organization: its }: Side,
    changes: { id: string; name?: string; isActive?: boolean }[],
  ): TransportReply => {
    if (!its.takesChanges) return refusal(400, "no");
    for (const { id, ...change } of changes) Object.assign(its.accounts.get(id) ?? {}, change);
    return reply(200);
  };
  const storeCount = (side: Side, post: Post): TransportReply => {
    const { line, unitCount } = post;
    if (!side.organization.isMapped(line)) return refusal(404, "No account map found");
    onLanded(post, side);
    post.landedAt = now();
    const before = side.counts.get(line);
    const isSame = before?.unitCount === unitCount;
    if (post.rebuildsViews) side.unseen.clear();
    else if (!isSame) side.unseen.set(line, { calledAt: post.calledAt, landedAt: post.landedAt });
    // an earlier call may land later, and takes nothing back as long as its number is the same
    side.counts.set(line, { unitCount, calledAt: isSame ? Math.max(before.calledAt, post.calledAt) : post.calledAt });
    side.accepted.set(line, (side.accepted.get(line) ?? new Set<number>()).add(unitCount));
    side.isProven = true;
    side.provenServices.add(line.slice(line.indexOf("/") + 1));
    // the first one makes a connection active
    side.status = "active";
    return reply(201);
  };

  const answerCall = (side: Side, { method, path, body }: Call): TransportReply => {
    const { organization: its } = side;
    if (path === "/organization") {
      const { integrationId } = side;
      const status = troubles.denial(its.id) === "connection" ? "inactive" : side.status;
      return reply(200, { organizationId: its.id, name: "Example MSP", integrationId, status, lastSyncedAt: null });
    }
    if (path.startsWith("/organization/status/")) {
      side.status = path.slice("/organization/status/".length);
      return reply(200);
    }
    if (path === "") return reply(200, { skus: services });
    if (path === "/service") return createService((body as { name: string }).name);
    if (path === "/organization/accounts") {
      if (method === "GET") return reply(200, troubles.denial(its.id) === "accounts" ? [] : accountsOf(side));
      if (method === "POST") return createAccounts(side, body as { id: string; name: string }[]);
      return changeAccounts(side, body as { id: string }[]);
    }
    const id = decodeURIComponent(path.slice("/organization/accounts/".length));
    return changeAccounts(side, [{ id, ...(body as object) }]);
  };

  return {
    services,
    doubled,
    sideOf,
    createdListeners,
    add: (id: string): Organization => {
      const added = organization(id, sideOf);
      organizations.set(id, added);
      return added;
    },
    /** By Gradient's id of it. */
    connection: (integrationId: string | null | undefined): Side | undefined => {
      for (const { sides } of organizations.values())
        for (const side of sides()) if (side.integrationId === integrationId) return side;
      return undefined;
    },
    /** A call reaches Gradient; undefined where no answer ever comes. */
    receive: (call: Call, post: Post | undefined): TransportReply | undefined => {
      const side = sideOf.get(call.token);
      const id = side?.organization.id ?? "";
      const failure = troubles.failure(id, post);
      if (failure === null) {
        if (call.vendorKey !== vendorKey() || !side || isDead(side, call)) return refusal(401, "Unauthorized");
        const status = troubles.refusal(id, post);
        if (status !== null) return refusal(status, "no");
        return post ? storeCount(side, post) : answerCall(side, call);
      }
      // what fails may have been done nevertheless
      const isDone = call.vendorKey === vendorKey() && side && !isDead(side, call) && call.by.random.chance(0.2);
      if (isDone) void (post ? storeCount(side, post) : answerCall(side, call));
      return failure === "failed" ? refusal(503, "down") : undefined;
    },
  };
};

export type GradientVendor = ReturnType<typeof gradientVendor>;
