import { isLook, type UsageExport } from "#shared/exports/usage-export";
import type { CallClass } from "#shared/pace/limiter";
import { type Pacer, pacer } from "#shared/pace/pacer";
import { type Rate, slotsOf } from "#shared/pace/table-slots";

type Paced = Pick<UsageExport, "id" | "partnerId" | "kind" | "lane">;

/** How urgent a run's calls are: somebody may wait for a look, too. */
const classOf = (run: Paced): CallClass => {
  if (run.lane === "on-demand") return "on-demand";
  return isLook(run) ? "low" : "scheduled";
};

/**
 * The moments for one worker's calls. Each run that a person waits for has its own share of the rate; all others of a
 * worker share one, each call in its turn.
 */
export const lanePacers = (rate: Rate) => (worker: string) => {
  const slots = slotsOf(rate);
  const shared = new Map<string, Pacer>();
  const pacerOf = (its: CallClass, { id, partnerId }: Paced): Pacer =>
    pacer(slots(partnerId).for({ class: its, taker: its === "on-demand" ? id : worker }), rate.clock);

  return (run: Paced): Pacer => {
    const its = classOf(run);
    if (its === "on-demand") return pacerOf(its, run);
    const key = rate.per === "vendor" ? its : `${its}#${run.partnerId}`;
    const known = shared.get(key) ?? pacerOf(its, run);
    shared.set(key, known);
    return known;
  };
};
