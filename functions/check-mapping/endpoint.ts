import type { ChangeGuard } from "#shared/calls/change-guard";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import type { Item } from "#shared/table/table";
import { type checkMapping, pressedIn } from "./check-mapping.ts";
import { type CheckMappingReply, checkMappingRoute } from "./route.ts";

export const checkMappingEndpoint = (check: ReturnType<typeof checkMapping>, guard: ChangeGuard) =>
  changeEndpoint(checkMappingRoute, {
    guard,
    run: async ({ request: { body }, person: { partnerId, by } }): Promise<CheckMappingReply> => ({
      status: 202,
      body: await check({ partnerId, by, isAutomatic: body?.automatic ?? false }),
    }),
    answerOf: (rows: Item[]): CheckMappingReply | undefined => {
      const pressed = pressedIn(rows);
      return pressed && { status: 202, body: pressed };
    },
  });
