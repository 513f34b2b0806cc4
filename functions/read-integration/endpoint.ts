import * as z from "zod";
import type { Agreement } from "#shared/agreements/agreement";
import { findIntegration } from "#shared/integrations/integration";
import { role } from "#shared/lambda/caller";
import { personEndpoint, type Reply } from "#shared/lambda/http-endpoint";
import { httpRoutes } from "#shared/lambda/http-routes";
import type { Table } from "#shared/table/table";
import { lineOutcome } from "#shared/usage/outcome";
import type { IntegrationView } from "#shared/views/integration-view";
import { readAgreement } from "./read-agreement.ts";
import { readEvents } from "./read-events.ts";
import { readExport, readExports, readReceipts } from "./read-exports.ts";
import { readMapping } from "./read-mapping.ts";
import { readUsageLines } from "./read-usage-lines.ts";

interface Dependencies {
  table: Pick<Table, "get" | "getMany" | "query">;
  view: IntegrationView;
  agreement: Agreement;
}

// whoever is signed in may read
const roles = role.options;
const cursor = z.string().optional();
const path = z.object({ exportId: z.string() });

/** A route whose answer depends on the partner alone. */
const own = (read: (partnerId: string) => Promise<Omit<Reply, "status">>) =>
  personEndpoint({
    request: z.object({}),
    roles,
    run: async ({ person }) => ({ status: 200, ...(await read(person.partnerId)) }),
  });

const ownList = (read: (partnerId: string, cursor: string | undefined) => Promise<unknown>) =>
  personEndpoint({
    request: z.object({ query: z.object({ cursor }) }),
    roles,
    run: async ({ request, person }) => ({ status: 200, body: await read(person.partnerId, request.query.cursor) }),
  });

const ownExport = (read: ReturnType<typeof readExport>) =>
  personEndpoint({
    request: z.object({ path }),
    roles,
    run: async ({ request, person: { partnerId } }) => ({
      status: 200,
      body: await read({ partnerId, ...request.path }),
    }),
  });

const ownReceipts = (read: ReturnType<typeof readReceipts>) =>
  personEndpoint({
    request: z.object({ path, query: z.object({ cursor, outcome: lineOutcome.optional() }) }),
    roles,
    run: async ({ request, person: { partnerId } }) => ({
      status: 200,
      body: await read({ partnerId, ...request.path, ...request.query }),
    }),
  });

const base = "GET /v1/integrations/gradient";

/** Every GET of the hub UI. One function, because all of them need the same right: to read. */
export const readIntegrationEndpoint = ({ table, view, agreement }: Dependencies) => {
  const integrationOf = async (partnerId: string) => view(partnerId, await findIntegration(table, partnerId));
  const agreementFor = readAgreement({ table, agreement });
  const mappingOf = readMapping({ table });
  return httpRoutes({
    [base]: own(async (partnerId) => ({ body: await integrationOf(partnerId), tagged: true })),
    [`${base}/agreement`]: own(async (partnerId) => ({ body: await agreementFor(partnerId) })),
    [`${base}/mapping`]: own(async (partnerId) => ({ body: await mappingOf(partnerId) })),
    [`${base}/usage`]: ownList(readUsageLines({ table })),
    [`${base}/exports`]: ownList(readExports({ table })),
    [`${base}/exports/{exportId}`]: ownExport(readExport({ table })),
    [`${base}/exports/{exportId}/lines`]: ownReceipts(readReceipts({ table })),
    [`${base}/events`]: ownList(readEvents({ table })),
  });
};
