/** One POSTed count, whatever became of it. */
export interface LoggedCall {
  /** Counts up from 1 since the start; calls are in the order in which they took effect. */
  n: number;
  organizationId: string;
  at: string;
  accountId: string | null;
  serviceId: string;
  unitCount: number | null;
  noBuild: boolean;
  /** What was answered, or would have been had the answer not been lost. */
  status: number;
  fault: string | null;
}

const kept = 200_000;

/** The last 200,000 POSTed counts, in memory. */
export const callLog = () => {
  let calls: LoggedCall[] = [];
  let last = 0;
  return {
    add: (call: Omit<LoggedCall, "n">) => {
      last++;
      calls.push({ n: last, ...call });
      // in one go and seldom, because cutting an array's head moves all the rest
      if (calls.length >= kept * 1.25) calls = calls.slice(-kept);
    },
    of: (organizationId: string, includes: (call: LoggedCall) => boolean) =>
      calls.slice(-kept).filter((call) => call.organizationId === organizationId && includes(call)),
  };
};
export type CallLog = ReturnType<typeof callLog>;
