import { AppError } from "#shared/errors";
import type {
  CountAnswer,
  GradientAccount,
  GradientConnection,
  GradientService,
  UnitCount,
} from "#shared/gradient/gradient-api";
import { gradientConnections, type Post, type Side } from "./gradient-connections.ts";
import type { Process } from "./processes.ts";

interface Options {
  now: () => number;
  /** How long after its call a count may still land. */
  landsWithinMs: number;
  tellsMapping: boolean;
  accuse: (text: string) => void;
}

export const gradientServiceId = (serviceId: string): string => `gradient-${serviceId}`;
export const hubServiceId = (id: string): string => id.replace("gradient-", "");
export const lineOf = (accountId: string, serviceId: string): string => `${accountId}/${serviceId}`;

const rejected = () => new AppError("forbidden", "gradient.token-rejected", "Gradient rejected the partner token.");

/**
 * One partner's side of Gradient, which also watches what is sent: no number may go out for a line while another one may still land,
 * and nothing once a token was refused.
 */
export const simulatedGradient = ({ now, landsWithinMs, tellsMapping, accuse }: Options) => {
  const connections = gradientConnections();
  const accounts = new Map<string, { name: string; isMapped: boolean; isActive: boolean }>();
  const mappedServices = new Set<string>();
  const services: GradientService[] = [];
  /** When the integration was suspended, while it is. */
  let suspendedAt: number | null = null;

  const signIn = (token: string): Side => {
    const side = connections.ofKey(token);
    if (token !== side.key) throw rejected();
    return side;
  };
  const isMapped = (line: string): boolean => {
    const [account = "", service = ""] = line.split("/");
    return accounts.get(account)?.isMapped === true && mappedServices.has(service);
  };

  const listeners: ((post: Post) => void)[] = [];

  return {
    /** Whoever wants to hear of counts whose sender will not hear what became of them. */
    listeners,
    unanswered: (post: Post) => {
      for (const hear of listeners) hear(post);
    },
    connections,
    accounts,
    services,
    mappedServices,
    isMapped,
    suspended: (at: number | null) => {
      suspendedAt = at === null ? null : (suspendedAt ?? at);
    },

    /** A count leaves its sender. */
    send: (by: Process, token: string, { accountId, serviceId, unitCount, rebuildsViews }: UnitCount): Post => {
      const { posts } = connections.ofKey(token);
      const line = lineOf(accountId, serviceId);
      const post: Post = {
        by,
        line,
        unitCount,
        rebuildsViews,
        token,
        calledAt: now(),
        landedAt: null,
        settledAt: null,
      };
      const earlier = posts.get(line) ?? [];
      for (const other of earlier) {
        if (other.unitCount === unitCount || other.settledAt !== null) continue;
        const left = other.calledAt + landsWithinMs - now();
        if (left > 0)
          accuse(
            `${by.name} sends ${unitCount} for ${line} while ${other.by.name}'s ${other.unitCount} may land for ${left} ms`,
          );
      }
      if (by.sawRejection) accuse(`${by.name} sends ${line} after Gradient refused its token`);
      if (suspendedAt !== null && by.startedAt > suspendedAt) accuse(`${by.name} sends ${line} while suspended`);
      earlier.push(post);
      posts.set(line, earlier);
      return post;
    },
    /** It reaches Gradient. */
    land: (post: Post): CountAnswer => {
      const { line, unitCount, token } = post;
      const side = connections.ofKey(token);
      const { counts, accepted, posts } = side;
      if (token !== side.key) return { kind: "token-rejected" };
      if (!isMapped(line)) return { kind: "unmapped", message: "No account map found" };
      const newer = posts
        .get(line)
        ?.find((other) => other.calledAt > post.calledAt && other.landedAt !== null && other.unitCount !== unitCount);
      if (newer) accuse(`${unitCount} for ${line} overwrites the newer ${newer.unitCount}`);
      post.landedAt = now();
      if (post.rebuildsViews) side.unseen.clear();
      else if (counts.get(line) !== unitCount) side.unseen.add(line);
      counts.set(line, unitCount);
      accepted.set(line, (accepted.get(line) ?? new Set<number>()).add(unitCount));
      side.isProven = true;
      side.provenServices.add(line.slice(line.indexOf("/") + 1));
      return { kind: "accepted" };
    },

    readConnection: (token: string): GradientConnection => ({ ...signIn(token).connection }),
    setStatus: (token: string, status: string) => {
      signIn(token).connection.status = status;
    },
    readServices: (token: string): GradientService[] => {
      signIn(token);
      return services.map((service) => ({ ...service }));
    },
    /** Gradient makes another one of the same name without a word. */
    createService: (token: string, name: string) => {
      signIn(token);
      services.push({
        id: gradientServiceId(
          `${name.replace("Service ", "")}${"-again".repeat(services.filter((its) => its.name === name).length)}`,
        ),
        name,
      });
    },
    readAccounts: (token: string): GradientAccount[] => {
      signIn(token);
      return [...accounts].map(([id, { name, isMapped: its }]) => ({
        id,
        name,
        ...(tellsMapping ? { isMapped: its } : {}),
      }));
    },
    createAccounts: (token: string, added: { id: string; name: string }[]) => {
      signIn(token);
      if (added.some(({ id }) => accounts.has(id))) throw new AppError("conflict", "gradient.conflict", "exists");
      for (const { id, name } of added) accounts.set(id, { name, isMapped: false, isActive: true });
    },
    changeAccounts: (token: string, changes: { id: string; name?: string; isActive?: boolean }[]) => {
      signIn(token);
      for (const { id, ...change } of changes) Object.assign(accounts.get(id) ?? {}, change);
    },
  };
};

export type SimulatedGradient = ReturnType<typeof simulatedGradient>;
