import type { Table } from "../table/table.ts";
import { callLimit } from "./call-limit.ts";
import { idempotency } from "./idempotency.ts";

interface Dependencies {
  table: Table;
  now: () => Date;
  /** Of one partner's people. */
  callsPerMinute?: number;
}

/** What stands before every change that a person asks for; `table` is for the use case behind it. */
export const changeGuard = ({ table, now, callsPerMinute }: Dependencies) => ({
  admit: callLimit({ table, now, ...(callsPerMinute === undefined ? {} : { perMinute: callsPerMinute }) }),
  ...idempotency({ table, now }),
});

export type ChangeGuard = ReturnType<typeof changeGuard>;
