import { expectedCounts, readSample } from "#local/sample/sample";
import { type LoopbackServer, loopbackServer, type Received } from "#test/local/loopback-server";

const services = readSample().services;
const linesPerPage = 50;

class Refusal {
  readonly code: string;

  constructor(code: string) {
    this.code = code;
  }
}

interface Moods {
  /** Runs of its own: one after the mapping's, and one just before somebody asks for the first time. */
  recovers?: boolean;
  /** So many lines of somebody's export are left over; a run sends them after the second look at what waits. */
  leavesOver?: number;
  /** They wait for a service. */
  lacksServices?: boolean;
  /** The codes with which the first pasted keys are refused. */
  refusesKeys?: string[];
}

/**
 * Hub, Gradient, mailbox and issuer in one small server, just enough to travel through: what is asked for happens at
 * once, and an export ends at the second look. `answers` replaces the answer to one call, to see what the journey makes
 * of it; a function is given the usual one.
 */
export const fakeWorld = async (
  answers: Record<string, { status: number; body: unknown } | ((usual: object) => object)> = {},
  { recovers = false, leavesOver = 0, lacksServices = false, refusesKeys = [] }: Moods = {},
): Promise<LoopbackServer> => {
  let state = "not-started";
  let token: { status: string; lastFour: string } | null = null;
  let isConfirmed = false;
  let organizationName: string | undefined;
  let generated = 0;
  let unmapped: string[] | undefined;
  const exports: { id: string; trigger: string; looks: number }[] = [];
  let looksAtLeftOver = 0;
  let isWished = false;
  const refusedKeys = [...refusesKeys];

  const lines = () =>
    expectedCounts().map((line) => {
      const outcome = unmapped?.includes(line.customerId) === false ? "accepted" : "unmapped";
      return { ...line, outcome, reason: outcome === "accepted" ? null : "The account is not mapped." };
    });
  const isLeftOver = (line: ReturnType<typeof lines>[number]) =>
    lines()
      .filter(({ outcome }) => outcome === "accepted")
      .slice(0, leavesOver)
      .some(({ customerId, serviceId }) => customerId === line.customerId && serviceId === line.serviceId);
  const linesOf = ({ trigger }: (typeof exports)[number]) => {
    if (leavesOver === 0 || trigger === "mapping") return lines();
    if (trigger === "recovery") return lines().filter(isLeftOver);
    return lines().map((line) => (isLeftOver(line) ? { ...line, outcome: "deferred", reason: "No answer." } : line));
  };
  const view = (one: (typeof exports)[number]) => {
    const { id, trigger, looks } = one;
    const all = linesOf(one);
    const isFinished = looks > 1;
    const ended = (outcome: string) => (isFinished ? all.filter((line) => line.outcome === outcome).length : 0);
    return {
      id,
      trigger,
      mode: "full",
      state: isFinished ? "finished" : "sending",
      outcome: isFinished ? (ended("deferred") > 0 && !lacksServices ? "partial" : "succeeded") : null,
      totals: {
        lines: all.length,
        accepted: ended("accepted"),
        unchanged: 0,
        unmapped: ended("unmapped"),
        rejected: 0,
        deferred: ended("deferred"),
        superseded: 0,
      },
    };
  };
  const waits = () => {
    const [newest] = exports;
    if (leavesOver === 0 || newest?.trigger !== "manual" || newest.looks < 2) return null;
    looksAtLeftOver += 1;
    if (looksAtLeftOver > 1) startExport("recovery");
    return looksAtLeftOver > 1 || lacksServices
      ? null
      : { why: "retry", since: "2026-11-27T03:20:00Z", retryAt: "2026-11-27T03:21:00Z" };
  };
  const isUnderWay = ({ looks }: (typeof exports)[number]) => looks < 2;
  const startExport = (trigger: string) => {
    const one = { id: `export-${exports.length + 1}`, trigger, looks: 0 };
    exports.unshift(one);
    return one;
  };
  const exportAt = (path: string) => {
    const found = exports.find(({ id }) => path.includes(id));
    if (found === undefined) throw new Error(`No export at ${path}`);
    return found;
  };
  const detail = () => ({
    organizationId: "org-g",
    name: organizationName,
    accounts: isConfirmed
      ? [...new Map(lines().map(({ customerId, customerName }) => [customerId, customerName]))].map(([id, name]) => ({
          id,
          name,
          isMapped: unmapped?.includes(id) === false,
        }))
      : [],
    services: isConfirmed ? services.map(({ id, name }) => ({ id, name, isMapped: unmapped !== undefined })) : [],
  });

  const routes: [RegExp, (call: Received) => unknown][] = [
    [/^GET \/.well-known\/jwks.json$/, () => ({ keys: [] })],
    [/^POST \/token$/, () => ({ access_token: "jwt" })],
    [/^(PUT|POST) \/v1\/hub\//, () => ({ accepted: 1, rejected: [] })],
    [
      /^GET \/v1\/integrations\/gradient$/,
      () => ({
        state,
        nextEnabled: state === "active",
        token,
        gradient: { organizationName, status: "pending" },
        exports: { waiting: waits(), runningId: exports.find(isUnderWay)?.id ?? null },
        agreement: isConfirmed
          ? {
              version: "v1",
              confirmedAt: "2026-11-22T10:00:00Z",
              ownerEmail: { status: "sent", at: "2026-11-22T10:00:01Z" },
            }
          : null,
      }),
    ],
    [
      /^POST \/v1\/integrations\/gradient$/,
      () => {
        if (state === "not-started") state = "awaiting-token";
      },
    ],
    [
      /^PUT .+\/token$/,
      ({ body }) => {
        const { partnerToken } = body as { partnerToken: string };
        const refusal = refusedKeys.shift();
        if (refusal !== undefined) return new Refusal(refusal);
        token = { status: "valid", lastFour: partnerToken.slice(-4) };
        state = "awaiting-agreement";
        return {};
      },
    ],
    [
      /^GET .+\/agreement$/,
      () => ({ version: "v1", sha256: "abc", title: "Sharing usage", markdown: "# Sharing usage\n" }),
    ],
    [
      /^POST .+\/agreement\/confirmations$/,
      () => {
        isConfirmed = true;
        if (state === "awaiting-agreement") state = "awaiting-mapping";
      },
    ],
    [/^GET .+\/exports$/, () => ({ items: exports.map(view), nextCursor: null })],
    [
      /^POST .+\/exports$/,
      () => {
        const isFirst = exports.every(({ trigger }) => trigger !== "schedule");
        if (recovers && isFirst) startExport("schedule");
        if (!exports.some(isUnderWay)) return view(startExport("manual"));
        // the service notes that somebody has asked
        isWished = true;
        return new Refusal("export.already-running");
      },
    ],
    [
      /^GET .+\/exports\/[^/]+\/lines/,
      ({ path }) => {
        const from = Number(new URL(path, "http://x").searchParams.get("cursor") ?? 0);
        const next = from + linesPerPage;
        const all = linesOf(exportAt(path));
        return { items: all.slice(from, next), nextCursor: next < all.length ? String(next) : null };
      },
    ],
    [
      /^GET .+\/exports\/[^/]+$/,
      ({ path }) => {
        const one = exportAt(path);
        one.looks += 1;
        const answer = view(one);
        if (recovers && one.trigger === "mapping" && one.looks === 2) startExport("recovery");
        if (isWished && one.looks === 2) {
          isWished = false;
          startExport("schedule");
        }
        return answer;
      },
    ],
    [
      /^GET \/store$/,
      () => ({
        emails: isConfirmed
          ? [
              {
                from: "billing@hub.example",
                destination: { to: [readSample().partner.ownerEmail] },
                subject: "Confirmed",
                body: { text: "Hello Marta Keller,\n\nAgreement: Sharing usage, version v1\n" },
              },
            ]
          : [],
      }),
    ],
    [/^GET \/_partner\/organizations$/, () => ({ items: organizationName === undefined ? [] : [detail()] })],
    [
      /^POST \/_partner\/organizations$/,
      ({ body }) => {
        organizationName = (body as { name: string }).name;
        return detail();
      },
    ],
    [/^POST .+\/keys$/, () => ({ partnerToken: `canary-partner-token-${1000 + generated++}` })],
    [/^GET \/_partner\/organizations\/org-g$/, detail],
    [
      /^POST .+\/mappings\/auto$/,
      ({ body }) => {
        unmapped = (body as { exceptAccounts: string[] }).exceptAccounts;
      },
    ],
    [
      /^POST .+\/finish$/,
      () => {
        startExport("mapping");
        state = "active";
      },
    ],
    [
      /^GET .+\/counts$/,
      () => ({
        items: lines()
          .filter(({ outcome }) => outcome === "accepted")
          .map(({ customerId, serviceName, unitCount }) => ({ accountId: customerId, serviceName, unitCount })),
      }),
    ],
  ];

  return loopbackServer((call) => {
    const name = `${call.method} ${call.path}`;
    const replaced = answers[name];
    if (typeof replaced === "object") return replaced;
    const route = routes.find(([pattern]) => pattern.test(name));
    if (replaced && route) return { status: 200, body: replaced(Object(route[1](call))) };
    if (route === undefined) return { status: 404, body: { detail: `The fake world has no ${name}.` } };
    const body = route[1](call) ?? {};
    return { status: body instanceof Refusal ? 409 : 200, body };
  });
};
