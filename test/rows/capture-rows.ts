import { writeFileSync } from "node:fs";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { receiveMappingWebhook } from "#functions/receive-mapping-webhook/receive-mapping-webhook";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { recordUsage } from "#functions/record-usage/record-usage";
import { startExport } from "#functions/start-export/start-export";
import { chunkWrite, listChunks } from "#shared/exports/chunk";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import type { Item, Write } from "#shared/table/table";
import { serviceWorld } from "#test/fakes/service-world";
import { type RowFile, toText } from "./row-file.ts";

/** What a row is, by its keys and, where one place holds several things, by its content. */
const kindOf = ({ pk, sk, task, facts }: Item): string => {
  const kind = (its: unknown) => (typeof its === "object" && its !== null && "kind" in its ? String(its.kind) : "");
  const [first = ""] = pk.split("#");
  if (first === "outbox") return `outbox ${kind(task)}`;
  if (first === "partner") return `${sk.split("#")[0]} ${kind(facts)}`.trim();
  return first === "export" ? "chunk done" : first;
};

/** Lets every use case that stores a row do so once, and keeps the last row of each kind. */
const capture = async (): Promise<RowFile> => {
  const file: RowFile = { rows: {}, messages: {} };
  const world = serviceWorld();
  const keep = (row: Item) => {
    file.rows[kindOf(row)] = row;
    if (row.pk.startsWith("outbox#")) {
      const task = row.task as RowFile["messages"][string];
      file.messages[task.kind] = task;
    }
  };
  const { table } = world;
  const write = <A extends unknown[]>(call: (...its: A) => Promise<void>, rowsIn: (...its: A) => Item[]) => {
    return async (...its: A) => {
      await call(...its);
      for (const { pk, sk } of rowsIn(...its)) keep(table.rows.get(`${pk}\u0000${sk}`) as Item);
    };
  };
  table.put = write(table.put, (item) => [item]);
  table.transact = write(table.transact, (writes: Write[]) =>
    writes.flatMap((each) => ("put" in each ? [each.put] : [])),
  );

  const { partnerId, common, by } = world;
  await world.addService("dns");
  await world.addService("sig");
  await world.connect();
  const names = ["Alder & Finch Solicitors", "Řeznictví Dvořák", "Birch Dental"];
  const customers = names.map((name, at) => ({ id: `cust-${at + 1}`, name, billing: "billed" as const }));
  await recordCustomers(common)({ partnerId, customers });
  const measuredAt = common.now().toISOString();
  const measurements = customers.flatMap(({ id: customerId }, at) =>
    ["dns", "sig"].map((serviceId) => ({ customerId, serviceId, unitCount: 17 * at, measuredAt })),
  );
  await recordUsage(common)({ partnerId, measurements: measurements.map((record, index) => ({ index, record })) });
  await world.work();
  world.map(["cust-1", "cust-2"]);
  const organizationId = (await world.integration()).gradient?.organizationId ?? "";
  const body = { type: "mapping.completed", data: { organizationId } };
  await receiveMappingWebhook(common)({ id: "msg_1", body, address: "203.0.113.9" });
  await world.work();
  const { id } = await startExport(common)({ partnerId, mode: "full", by });
  await world.work();
  const [done] = (await listChunks(table, partnerId, id, { limit: 1 })).items;
  if (done?.content.state !== "done") throw new Error("The run has no receipts.");
  // a run passes through these two within one call
  const lines = done.content.receipts.map(({ customerId, customerName, serviceId, serviceName }) => ({
    customerId,
    customerName,
    serviceId,
    serviceName,
    billed: true,
  }));
  file.rows["chunk planned"] = chunkWrite({ ...done, version: 1, content: { state: "planned", lines } }).put;
  const intents = lines.map((_, at) => ({ at, unitCount: 17 }));
  file.rows["chunk sending"] = chunkWrite({ ...done, version: 2, content: { state: "sending", lines, intents } }).put;
  const active = file.rows.integration as Item;
  const { token } = await world.integration();
  await suspendIntegration(common)({ partnerId, versionId: token?.versionId ?? "" });
  await disconnectIntegration(common)({ partnerId, by });
  return { ...file, rows: { ...file.rows, integration: active } };
};

// node test/rows/capture-rows.ts test/fixtures/rows/2026-11.json
const [, , path = ""] = process.argv;
writeFileSync(path, toText(await capture()));
