import { AppError } from "#shared/errors";
import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import type { Transport, TransportReply, TransportRequest } from "#shared/gradient/https-transport";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";

interface Asked {
  method: TransportRequest["method"];
  path: string;
  body: unknown;
  token: PartnerToken;
}

const statuses: Record<string, number> = {
  "gradient.token-rejected": 401,
  "gradient.conflict": 409,
  "gradient.refused": 400,
};

/** What the call does in Gradient, and the body of its answer. */
const perform = async (gradient: InMemoryGradient, { method, path, body, token }: Asked): Promise<unknown> => {
  const [, first, second, third] = path.split("/");
  const fields = Object(body);
  if (method === "GET" && path === "") return { data: { skus: await gradient.readServices(token) } };
  if (method === "GET" && second === "accounts") return gradient.readAccounts(token);
  if (method === "GET") {
    const { organizationName: name, ...connection } = await gradient.readConnection(token);
    return { ...connection, name };
  }
  if (second === "status") return gradient.setStatus(token, third === "pending" ? "pending" : "inactive");
  if (first === "service" && second === undefined) return gradient.createService(token, fields);
  if (first === "organization" && method === "POST") return gradient.createAccounts(token, fields);
  if (first === "organization") return gradient.changeAccounts(token, fields);
  const count = {
    serviceId: second ?? "",
    accountId: fields.accountId,
    unitCount: fields.unitCount,
    rebuildsViews: true,
  };
  const answer = await gradient.setUnitCount(token, count);
  if (answer.kind === "unmapped") throw new AppError("not-found", "unmapped", answer.message);
  if (answer.kind === "token-rejected") throw new AppError("forbidden", "gradient.token-rejected", "refused");
  return {};
};

/**
 * Gradient behind HTTP, with one bad habit: whatever it refuses, it quotes the credential in its answer, whole and in
 * its parts, and at times in other spellings. `fail` has the next call end with this status.
 */
export const talkativeGradient = (gradient: InMemoryGradient) => {
  const headersSeen = new Set<string>();
  /** Everything that a call says beside the one header that is for it. */
  const saidBeside: string[] = [];
  const failures: number[] = [];

  const quoting = (status: number, header: string): TransportReply => {
    const pair = Buffer.from(header, "base64").toString("utf8");
    const message = [`refused ${header}`, `pair ${pair}`, ...pair.split(":").map((part) => `part ${part}`)];
    if (status === 400) message.push(`spelt ${encodeURIComponent(pair)} ${pair.toUpperCase()}`);
    return { status, headers: { "x-credential": header }, body: JSON.stringify({ message }) };
  };

  const transport: Transport = async ({ method, url, headers, body }) => {
    const header = headers["gradient-token"] ?? "";
    headersSeen.add(header);
    saidBeside.push(JSON.stringify({ method, url, body, headers: { ...headers, "gradient-token": "" } }));
    const failure = failures.shift();
    if (failure !== undefined) return quoting(failure, header);
    const token = partnerToken.parse(Buffer.from(header, "base64").toString("utf8").split(":")[1]);
    const path = new URL(url).pathname.replace("/api/vendor-api", "");
    try {
      const answer = await perform(gradient, { method, path, body: JSON.parse(body ?? "null"), token });
      return { status: method === "POST" ? 201 : 200, headers: {}, body: JSON.stringify(answer ?? {}) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return quoting(statuses[error.code] ?? 404, header);
    }
  };

  return { transport, headersSeen, saidBeside, fail: (...next: number[]) => void failures.push(...next) };
};
