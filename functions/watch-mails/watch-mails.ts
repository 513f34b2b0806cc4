import { throwAll } from "#shared/errors";
import type { Changing } from "#shared/table/changing";
import { oweLateMails } from "./owe-late-mails.ts";
import { oweReminders } from "./owe-reminders.ts";

const reserveMs = 10_000;

/** Every few minutes: owes the mails whose moment has come, and each morning what an owner is to be reminded of. */
export const watchMails = (dependencies: Changing & { tokenPolicyDays: number }) => {
  const late = oweLateMails(dependencies);
  const reminders = oweReminders(dependencies);

  return async ({ remainingMs }: { remainingMs: () => number }): Promise<{ late: number; reminders: number }> => {
    const hasTime = () => remainingMs() > reserveMs;
    // what goes wrong in one step keeps the others from nothing; it is told of in the end
    const failures: unknown[] = [];
    const attempt = async (step: () => Promise<number>): Promise<number> => {
      try {
        return await step();
      } catch (error) {
        failures.push(error);
        return 0;
      }
    };
    const report = {
      late: await attempt(() => late({ hasTime })),
      reminders: await attempt(() => reminders({ hasTime })),
    };
    throwAll(failures);
    return report;
  };
};
