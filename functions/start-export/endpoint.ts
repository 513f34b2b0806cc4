import type { ChangeGuard } from "#shared/calls/change-guard";
import { exportView, startedBy } from "#shared/exports/export-view";
import type { UsageExport } from "#shared/exports/usage-export";
import { changingRoles, withRole } from "#shared/lambda/http/caller";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import type { Item } from "#shared/table/table";
import { type StartExportReply, startExportRoute } from "./route.ts";
import type { SendUsage } from "./start-export.ts";

const accepted = (value: UsageExport): StartExportReply => ({ status: 202, body: exportView(value) });

export const startExportEndpoint = (start: (request: SendUsage) => Promise<UsageExport>, guard: ChangeGuard) =>
  changeEndpoint(startExportRoute, {
    guard,
    allow: ({ request: { body }, person }) => {
      if (body.mode !== "dry-run") withRole(person, changingRoles);
    },
    run: async ({ request: { body }, person: { partnerId, by } }): Promise<StartExportReply> =>
      accepted(await start({ partnerId, by, ...body })),
    answerOf: (rows: Item[]) => {
      const started = startedBy(rows);
      return started && accepted(started);
    },
  });
