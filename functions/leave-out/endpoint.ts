import type { ChangeGuard } from "#shared/calls/change-guard";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import { httpRoutes } from "#shared/lambda/http/http-routes";
import { keyOf } from "#shared/lambda/http/route";
import type { leaveOut } from "./leave-out.ts";
import { exclusionsRoute, inclusionsRoute, type LeaveOutReply } from "./route.ts";

/** Leaves accounts or services out of what is billed, and takes them in again. */
export const leaveOutEndpoint = (leave: ReturnType<typeof leaveOut>, guard: ChangeGuard) =>
  httpRoutes({
    [keyOf(exclusionsRoute)]: changeEndpoint(exclusionsRoute, {
      guard,
      run: async ({ request: { body }, person: { partnerId, by } }): Promise<LeaveOutReply> => ({
        status: 200,
        body: { leftOut: await leave({ ...body, partnerId, by }) },
      }),
    }),
    [keyOf(inclusionsRoute)]: changeEndpoint(inclusionsRoute, {
      guard,
      run: async ({ request: { body }, person: { partnerId, by } }): Promise<LeaveOutReply> => ({
        status: 200,
        body: { leftOut: await leave({ ...body, reason: null, partnerId, by }) },
      }),
    }),
  });
