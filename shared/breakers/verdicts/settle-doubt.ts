import { findIntegration, type Integration } from "../../integrations/integration.ts";
import { suspendIntegration } from "../../integrations/suspend-integration.ts";
import { logger } from "../../logger.ts";
import { oneAfterTheOther } from "../../one-after-the-other.ts";
import type { VendorKeyVersion } from "../../secrets/vendor-key.ts";
import { type Answer, askAs, type Context } from "../state/asking.ts";
import {
  type Breaker,
  breakerWrite,
  closed,
  isOpen,
  iso,
  opened,
  partnerOf,
  unchanged,
  vendorBreaker,
} from "../state/breaker.ts";
import { unlessLost } from "../state/breaker-rows.ts";
import { hourMs } from "../state/ladders.ts";
import { isAbout } from "../state/refusal.ts";
import { othersThan } from "./candidates.ts";

/**
 * What became of a doubted token. `taken`: a false alarm, the partner goes on. `refused`: it is suspended, and its
 * owner gets a mail. `vendor`: the trouble is everybody's. `outdated`: the token has been replaced, or the refusal says
 * nothing any more. `undecided`: the partner stays held, and the job decides later.
 */
export type Confirmation = "taken" | "refused" | "vendor" | "outdated" | "undecided";

const witnesses = 2;
// counts that are refused while the organization is not: a second time may still be chance
const maxFalseAlarms = 3;

/**
 * Finds out whose fault a 401 is, for whoever holds the claim to `doubt`. Every end is written under the doubt's
 * version: where somebody else has decided meanwhile, an operator above all, that stands.
 */
export const settleDoubt = (context: Context) => {
  const { table, clock, newId, rows, successes, vendorKey } = context;
  const suspend = suspendIntegration({ table, now: () => new Date(clock.now()), newId });

  /** The claim is over: somebody else may be deciding by now, on newer answers. */
  const isLate = ({ probeAt }: Breaker): boolean => iso(clock.now()) >= (probeAt ?? "");

  const endFalseAlarm = async (doubt: Breaker, vendor: Breaker): Promise<Confirmation> => {
    const now = clock.now();
    const recent = doubt.falseAlarms.filter((at) => at > iso(now - hourMs));
    // while our key was refused, the partner had no part in it
    const wasOurs = vendor.changedAt > doubt.changedAt;
    const falseAlarms = wasOurs ? recent : [...recent, iso(now)];
    if (falseAlarms.length < maxFalseAlarms) {
      await rows.put({ ...closed(doubt, now), falseAlarms });
      return "taken";
    }
    await rows.put(opened(doubt, "refused", now, { falseAlarms: [] }));
    logger.error("gradient refuses a partner's counts although it takes its token", {
      partnerId: partnerOf(doubt.key),
    });
    return "undecided";
  };

  /**
   * The mail, the suspension and the end of the doubt are one write; our own breaker has not moved since the partner
   * was asked.
   */
  const suspendFor = async (doubt: Breaker, vendor: Breaker, partnerId: string): Promise<Confirmation> => {
    const over = breakerWrite({ ...closed(doubt, clock.now()), owesRelease: false });
    const outcome = await suspend({ partnerId, versionId: doubt.tokenVersionId ?? "" }, [over, unchanged(vendor)]);
    rows.forget(doubt.key);
    return outcome === "suspended" ? "refused" : "outdated";
  };

  const blameVendorKey = async (doubt: Breaker, before: Breaker, key: VendorKeyVersion, asked: Integration[]) => {
    vendorKey.forget();
    const isReplaced = (await vendorKey.current()).version !== key.version;
    const refused = [...asked.map(({ partnerId }) => partnerId), partnerOf(doubt.key) ?? ""];
    const untried = (await successes.list()).filter((id) => !refused.includes(id));
    const facts = { keyVersion: key.version, rotation: [...untried, ...refused] };
    const vendor = await rows.read(vendorBreaker);
    if (isOpen(vendor)) return "vendor";
    if (isReplaced || isLate(doubt) || vendor.changedAt !== before.changedAt) return "undecided";
    await rows.transact([opened(vendor, "vendor-key", clock.now(), facts)], [unchanged(doubt)]);
    logger.error("gradient refuses the vendor key", { keyVersion: key.version });
    return "vendor";
  };

  const decide = async (doubt: Breaker, partnerId: string): Promise<Confirmation> => {
    const self = await findIntegration(table, partnerId);
    if (!isAbout(doubt, self)) {
      await rows.put(closed(doubt, clock.now()));
      return "outdated";
    }
    const vendor = await rows.read(vendorBreaker);
    if (isOpen(vendor)) return "vendor";
    vendorKey.forget();
    // one key for all: a refusal with the old one and a success with the new one would blame the partner
    const key = await vendorKey.current();
    const ask = async (one: Integration): Promise<Answer> => (isLate(doubt) ? "unanswered" : askAs(context, one, key));

    const own = await ask(self);
    if (own === "taken") return endFalseAlarm(doubt, vendor);
    if (own === "forbidden") {
      await rows.put(opened(doubt, "refused", clock.now()));
      logger.error("gradient forbids a partner's calls", { partnerId });
    }
    // there is nothing to be doubted: whoever reads it next finds that out, and tells its owner
    if (own === "token-missing") await rows.put(closed(doubt, clock.now()));
    if (own !== "token-rejected") return "undecided";

    const others = await othersThan(context, [partnerId], vendor, witnesses);
    const answers: Answer[] = [];
    for (const other of others) {
      answers.push(await ask(other));
      if (answers.at(-1) === "taken") break;
    }
    if (answers.includes("taken")) {
      // Gradient, or our key, may have come right between the two calls
      const again = await ask(self);
      if (again === "taken") return endFalseAlarm(doubt, vendor);
      return again === "token-rejected" && !isLate(doubt) ? suspendFor(doubt, vendor, partnerId) : "undecided";
    }
    const areAllRefused = answers.every((answer) => answer === "token-rejected");
    return areAllRefused ? blameVendorKey(doubt, vendor, key, others) : "undecided";
  };

  const inTurn = oneAfterTheOther();
  // one after the other: what the first finds out often spares Gradient the calls of the next
  return (doubt: Breaker): Promise<Confirmation> =>
    inTurn(() => unlessLost<Confirmation>("undecided", () => decide(doubt, partnerOf(doubt.key) ?? "")));
};
export type SettleDoubt = ReturnType<typeof settleDoubt>;
