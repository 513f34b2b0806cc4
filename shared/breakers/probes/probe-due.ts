import { throwAll } from "../../errors.ts";
import { inParallel } from "../../in-parallel.ts";
import type { DueKey } from "../../table/table.ts";
import type { Context } from "../state/asking.ts";
import {
  type Breaker,
  breakerKeyOf,
  breakerProbes,
  breakerReleases,
  iso,
  partnerOf,
  vendorBreaker,
} from "../state/breaker.ts";
import { unlessLost, vendorInTheWay } from "../state/breaker-rows.ts";
import type { SettleDoubt } from "../verdicts/settle-doubt.ts";
import { probePartner } from "./probe-partner.ts";
import { probeVendor } from "./probe-vendor.ts";

/** A breaker that has closed, by itself or by an operator. */
export interface Closed {
  /** The one partner that is free again; null for everybody. */
  partnerId: string | null;
  closedAt: string;
}

export interface ProbeDue {
  /** No further probe is begun once it says so. */
  until: () => boolean;
  /** Makes what waits for this due. May be told of the same more than once. */
  release: (closed: Closed) => Promise<void>;
}

/** One job's. */
interface Pass extends ProbeDue {
  /** What went wrong and has not gone well since, by row: an unreadable one stays due. */
  failed: Map<string, unknown>;
}

const atMost = 50;
// Gradient may refuse thousands of partners one by one, and each answer takes its time
const atOnce = 8;
// so that `until` is heard
const stepMs = 1000;
// a job runs every minute: what falls due later is the next one's
const reachMs = 60_000;

/**
 * Makes each probe that is due, and those that fall due while it may go on; then has freed whoever a breaker held back
 * that has closed. Any number of these may run at once. Ends early where nothing falls due within a minute.
 */
export const probeDue = (context: Context, settle: SettleDoubt) => {
  const { table, clock, rows } = context;
  const [vendorProbe, partnerProbe] = [probeVendor(context), probePartner(context, settle)];

  /** One that fails keeps no other from its turn, in this job. `work`: whether it was its turn at all. */
  const attempt = async (key: string, { failed }: Pass, work: (key: string) => Promise<boolean>): Promise<void> => {
    try {
      // that it is not due any more says nothing of what went wrong
      if (await work(key)) failed.delete(key);
    } catch (error) {
      failed.set(key, error);
    }
  };
  const each = async (keys: DueKey[], pass: Pass, work: (key: string) => Promise<boolean>) => {
    const one = async (key: DueKey): Promise<void> => {
      if (!pass.until()) await attempt(breakerKeyOf(key), pass, work);
    };
    // what the first one meets may turn out to be everybody's
    await inParallel(1, keys.slice(0, 1), one);
    await inParallel(atOnce, keys.slice(1), one);
  };
  /** A page of what is due by then, with room for so many more as have failed. */
  const pageOf = async (kind: string, until: number, { failed }: Pass) => {
    const limit = atMost + failed.size;
    const { keys } = await table.due({ kind, until: iso(until), limit });
    return { keys, isFull: keys.length === limit };
  };

  const releaseOne = async (key: string, release: ProbeDue["release"]): Promise<boolean> => {
    const row: Breaker = await rows.read(key);
    if (!row.owesRelease) return false;
    await release({ partnerId: partnerOf(key) ?? null, closedAt: row.changedAt });
    await unlessLost(row, () => rows.put({ ...row, owesRelease: false }));
    return true;
  };

  // an index lags behind its rows: what was just done may be in it for a moment
  const soon = (): string => iso(clock.now() + stepMs);

  /** When the next of them falls due. */
  const probePartners = async (pass: Pass): Promise<string | null> => {
    const { keys, isFull } = await pageOf(breakerProbes, clock.now() + reachMs, pass);
    const partners = keys.filter((key) => partnerOf(breakerKeyOf(key)) !== undefined);
    const isDue = ({ dueAt }: DueKey) => dueAt <= iso(clock.now());
    await each(partners.filter(isDue), pass, partnerProbe);
    // those that were just asked, and more that the page had no room for
    return partners.find((key) => !isDue(key))?.dueAt ?? (isFull ? soon() : null);
  };
  /** When somebody is to be freed next. */
  const releaseAll = async (pass: Pass): Promise<string | null> => {
    const { keys, isFull } = await pageOf(breakerReleases, clock.now(), pass);
    await each(keys, pass, (key) => releaseOne(key, pass.release));
    return isFull ? soon() : null;
  };
  /** When something falls due next. */
  const passOnce = async (pass: Pass): Promise<string | null> => {
    await attempt(vendorBreaker, pass, vendorProbe);
    const probe = await probePartners(pass);
    const release = await releaseAll(pass);
    // one that failed stays due, and would be tried without a pause: the next job does
    const vendor = pass.failed.has(vendorBreaker) ? undefined : await vendorInTheWay(rows);
    const next = vendor ? vendor.probeAt : probe;
    return [next, release].filter((moment) => moment !== null).sort()[0] ?? null;
  };

  const passes = async (pass: Pass): Promise<void> => {
    do {
      const next = Date.parse((await passOnce(pass)) ?? "");
      if (Number.isNaN(next) || next > clock.now() + reachMs) return;
      while (clock.now() < next && !pass.until()) await clock.sleep(Math.min(stepMs, next - clock.now()));
    } while (!pass.until());
  };

  return async (how: ProbeDue): Promise<void> => {
    const pass: Pass = { ...how, failed: new Map() };
    const [end] = await Promise.allSettled([passes(pass)]);
    throwAll([...pass.failed.values(), ...(end.status === "rejected" ? [end.reason] : [])]);
  };
};
