import * as z from "zod";
import { apiClient, type RouteKey } from "#client/api-client";
import { expectAnswer, RefusedCall, reach } from "#local/sample/call-json";

const base = "/v1/integrations/gradient";

const waiting = z.object({ why: z.string(), since: z.string(), retryAt: z.string().nullable() });

const integration = z.object({
  state: z.string(),
  nextEnabled: z.boolean(),
  token: z.object({ status: z.string(), lastFour: z.string() }).nullish(),
  gradient: z.object({ organizationName: z.string().nullish(), status: z.string().nullish() }).nullish(),
  agreement: z
    .object({
      version: z.string(),
      confirmedAt: z.string().nullish(),
      ownerEmail: z.object({ status: z.string(), at: z.string() }).nullish(),
    })
    .nullish(),
  exports: z.object({ waiting: waiting.nullable(), runningId: z.string().nullish() }).nullish(),
});
export type Waiting = z.infer<typeof waiting>;
export type IntegrationSeen = z.infer<typeof integration>;

const agreement = z.object({ version: z.string(), sha256: z.string(), title: z.string(), markdown: z.string() });

export const lineOutcomes = ["accepted", "unchanged", "unmapped", "rejected", "deferred", "superseded"] as const;
const lineOutcome = z.enum(lineOutcomes);
export type LineOutcome = z.infer<typeof lineOutcome>;

const usageExport = z.object({
  id: z.string(),
  trigger: z.string(),
  mode: z.string(),
  state: z.enum(["planned", "sending", "finished", "cancelled"]),
  outcome: z.string().nullable(),
  totals: z.object({
    lines: z.number(),
    accepted: z.number(),
    unchanged: z.number(),
    unmapped: z.number(),
    rejected: z.number(),
    deferred: z.number(),
    superseded: z.number(),
  }),
});
export type UsageExport = z.infer<typeof usageExport>;

const receipt = z.object({
  customerId: z.string(),
  customerName: z.string(),
  serviceId: z.string(),
  serviceName: z.string(),
  /** Null where the export ended before the number was read. */
  unitCount: z.number().nullable(),
  outcome: lineOutcome,
  reason: z.string().nullable(),
});
export type Receipt = z.infer<typeof receipt>;

const listOf = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** The routes that the hub's own pages use, as a signed-in person calls them. */
export const hubClient = ({ api, accessToken }: { api: string; accessToken: string }) => {
  const call = apiClient({ api, accessToken: () => accessToken, fetch: reach });
  /** The body of a good answer, in the shape that the demo looks for. */
  const good = async <Key extends RouteKey, S extends z.ZodType>(
    key: Key,
    asked: Parameters<typeof call<Key>>[1],
    answer: S,
  ): Promise<z.output<S>> => {
    const { ok, status, ...rest } = await call(key, asked);
    if (!ok) throw new RefusedCall(key, status, "problem" in rest ? rest.problem : undefined);
    return expectAnswer(key, "body" in rest ? rest.body : undefined, answer);
  };

  return {
    readIntegration: () => good(`GET ${base}`, {}, integration),
    startIntegration: () => good(`POST ${base}`, { body: {} }, z.unknown()),
    registerToken: (partnerToken: string) => good(`PUT ${base}/token`, { body: { partnerToken } }, z.unknown()),
    readAgreement: () => good(`GET ${base}/agreement`, {}, agreement),
    confirmAgreement: (text: { version: string; sha256: string }) =>
      good(`POST ${base}/agreement/confirmations`, { body: text }, z.unknown()),
    /** The newest exports, newest first. */
    listExports: async () => (await good(`GET ${base}/exports`, {}, listOf(usageExport))).items,
    readExport: (exportId: string) => good(`GET ${base}/exports/{exportId}`, { path: { exportId } }, usageExport),
    /** An export of everything, or that another one is under way. */
    startFullExport: async (): Promise<{ started: string } | "under-way"> => {
      try {
        return { started: (await good(`POST ${base}/exports`, { body: { mode: "full" } }, usageExport)).id };
      } catch (error) {
        if (error instanceof RefusedCall && error.code === "export.already-running") return "under-way";
        throw error;
      }
    },
    /** Every receipt of an export, page by page. */
    readReceipts: async (exportId: string): Promise<Receipt[]> => {
      const receipts: Receipt[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const asked: { path: { exportId: string }; query: { cursor: string | undefined } } = {
          path: { exportId },
          query: { cursor },
        };
        const page: z.infer<ReturnType<typeof listOf<typeof receipt>>> = await good(
          `GET ${base}/exports/{exportId}/lines`,
          asked,
          listOf(receipt),
        );
        receipts.push(...page.items);
        cursor = page.nextCursor;
      }
      return receipts;
    },
  };
};
export type HubClient = ReturnType<typeof hubClient>;
