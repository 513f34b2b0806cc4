import type { Agreement } from "#shared/agreements/agreement";
import { findIntegration } from "#shared/integrations/integration";
import type { ReplyOf } from "#shared/lambda/http/docs";
import { personEndpoint } from "#shared/lambda/http/http-endpoint";
import { httpRoutes } from "#shared/lambda/http/http-routes";
import { listEndpoint } from "#shared/lambda/http/list-endpoint";
import { keyOf } from "#shared/lambda/http/route";
import type { Table } from "#shared/table/table";
import type { IntegrationView } from "#shared/views/integration-view";
import { readMapping } from "./mapping/read-mapping.ts";
import { readMappingItems } from "./mapping/read-mapping-items.ts";
import { type mappingDocs, type mappingItemsDocs, mappingItemsRoute, mappingRoute } from "./mapping-routes.ts";
import { readAgreement } from "./read-agreement.ts";
import { readDisconnection } from "./read-disconnection.ts";
import { readEvents } from "./read-events.ts";
import { readExport, readExports, readReceipts } from "./read-exports.ts";
import { readUsageLines } from "./read-usage-lines.ts";
import type * as docs from "./route.ts";
import {
  agreementRoute,
  disconnectionRoute,
  eventsRoute,
  exportRoute,
  exportsRoute,
  integrationRoute,
  receiptsRoute,
  usageRoute,
} from "./route.ts";

interface Dependencies {
  table: Pick<Table, "get" | "getMany" | "query">;
  view: IntegrationView;
  agreement: Agreement;
}

/** Every GET of the hub UI. One function, because all of them need the same right: to read. */
export const readIntegrationEndpoint = ({ table, view, agreement }: Dependencies) => {
  const agreementOf = readAgreement({ table, agreement });
  const disconnectionOf = readDisconnection({ table });
  const mappingOf = readMapping({ table });
  const itemsOf = readMappingItems({ table });
  const usageOf = readUsageLines({ table });
  const exportsOf = readExports({ table });
  const exportOf = readExport({ table });
  const receiptsOf = readReceipts({ table });
  const eventsOf = readEvents({ table });
  return httpRoutes({
    [keyOf(integrationRoute)]: personEndpoint(
      integrationRoute,
      async ({ person: { partnerId } }): Promise<ReplyOf<typeof docs.integrationDocs>> => ({
        status: 200,
        body: await view(partnerId, await findIntegration(table, partnerId)),
      }),
    ),
    [keyOf(agreementRoute)]: personEndpoint(
      agreementRoute,
      async ({ person }): Promise<ReplyOf<typeof docs.agreementDocs>> => ({
        status: 200,
        body: await agreementOf(person.partnerId),
      }),
    ),
    [keyOf(disconnectionRoute)]: personEndpoint(
      disconnectionRoute,
      async ({ person }): Promise<ReplyOf<typeof docs.disconnectionDocs>> => ({
        status: 200,
        body: await disconnectionOf(person.partnerId),
      }),
    ),
    [keyOf(mappingRoute)]: personEndpoint(
      mappingRoute,
      async ({ person }): Promise<ReplyOf<typeof mappingDocs>> => ({
        status: 200,
        body: await mappingOf(person.partnerId),
      }),
    ),
    [keyOf(mappingItemsRoute)]: listEndpoint(
      mappingItemsRoute,
      async ({ request: { query }, person: { partnerId }, room }): Promise<ReplyOf<typeof mappingItemsDocs>> => ({
        status: 200,
        body: await itemsOf({ partnerId, room, ...query }),
      }),
    ),
    [keyOf(usageRoute)]: listEndpoint(
      usageRoute,
      async ({ request: { query }, person: { partnerId }, room }): Promise<ReplyOf<typeof docs.usageDocs>> => ({
        status: 200,
        body: await usageOf({ partnerId, room, ...query }),
      }),
    ),
    [keyOf(exportsRoute)]: listEndpoint(
      exportsRoute,
      async ({ request: { query }, person: { partnerId }, room }): Promise<ReplyOf<typeof docs.exportsDocs>> => ({
        status: 200,
        body: await exportsOf({ partnerId, room, ...query }),
      }),
    ),
    [keyOf(exportRoute)]: personEndpoint(
      exportRoute,
      async ({ request, person: { partnerId } }): Promise<ReplyOf<typeof docs.exportDocs>> => ({
        status: 200,
        body: await exportOf({ partnerId, ...request.path }),
      }),
    ),
    [keyOf(receiptsRoute)]: listEndpoint(
      receiptsRoute,
      async ({
        request: { path, query },
        person: { partnerId },
        room,
      }): Promise<ReplyOf<typeof docs.receiptsDocs>> => ({
        status: 200,
        body: await receiptsOf({ partnerId, room, ...path, ...query }),
      }),
    ),
    [keyOf(eventsRoute)]: listEndpoint(
      eventsRoute,
      async ({ request: { query }, person: { partnerId }, room }): Promise<ReplyOf<typeof docs.eventsDocs>> => ({
        status: 200,
        body: await eventsOf({ partnerId, room, ...query }),
      }),
    ),
  });
};
