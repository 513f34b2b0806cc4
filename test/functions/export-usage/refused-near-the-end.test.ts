import { describe, expect, it } from "vitest";
import { receiptsOf } from "#shared/exports/chunk";
import type { Receipt } from "#shared/exports/line";
import { verdicts } from "#shared/exports/verdicts";
import type { CountAnswer } from "#shared/gradient/gradient-api";
import { readLedger } from "#shared/usage/ledger";
import { sendingFleet } from "#test/builders/sending-fleet";

const lines = 300;
// the chunks that are begun before this is 75 s have their calls, the others have none
const nearlyUpMs = 76_000;

/** A run of which Gradient refuses the calls from the twentieth to `until`, in a worker whose time is nearly up. */
const refusedRun = async (answer: CountAnswer, until: number) => {
  const calls: { accountId: string; isTaken: boolean }[] = [];
  const fleet = await sendingFleet([{ id: "p", lines }], {
    refusals: { confirm: async () => "taken" },
    through: (gradient) => ({
      ...gradient,
      setUnitCount: async (token, count) => {
        const isTaken = calls.length < 20 || calls.length > until;
        calls.push({ accountId: count.accountId, isTaken });
        await fleet.clock.sleep(1_500);
        return isTaken ? gradient.setUnitCount(token, count) : answer;
      },
    }),
  });
  const { id: exportId } = await fleet.start("p");
  const ends = await fleet.invoke(fleet.messages(), nearlyUpMs);
  const first = calls.length;
  const taken = new Set(calls.flatMap(({ accountId, isTaken }) => (isTaken ? [accountId] : [])));
  /** What the run says of its lines once it is over, all of them. */
  const receipts = async (): Promise<Receipt[]> => {
    const found: Receipt[] = [];
    const run = await fleet.runOf({ partnerId: "p", exportId, lane: "on-demand" });
    for await (const some of receiptsOf(fleet.table, run)) found.push(...some);
    return found;
  };
  const entries = async () => {
    const { ledgerBits: bits, gradient } = await fleet.integration("p");
    const ledger = { partnerId: "p", bits, connectionId: gradient?.integrationId ?? "" };
    return [...(await readLedger(fleet.table, ledger)).values()];
  };
  return { fleet, calls, first, taken, ends: [...ends.values()], receipts, entries };
};

describe("a refusal when the worker's time is nearly up", () => {
  it("leaves nothing that was answered, or never called, to be taken for a number that may have been sent", async () => {
    const { fleet, calls, first, taken, ends, receipts, entries } = await refusedRun({ kind: "forbidden" }, 19 + lines);
    await fleet.invoke(fleet.messages());

    expect(ends).toEqual(["handed-over"]);
    expect(calls).toHaveLength(first);
    const all = await receipts();
    expect(all).toHaveLength(lines);
    expect(all.filter(({ outcome }) => outcome === "accepted").map(({ customerId }) => customerId)).toEqual([...taken]);
    expect(all.filter(({ reason }) => reason === verdicts.noAnswerBeforeStop.reason)).toEqual([]);
    expect((await entries()).filter(({ doubt }) => doubt !== null)).toEqual([]);
    // the next run sends it last
    expect((await entries()).filter(({ last }) => last.refusedAt).length).toBeGreaterThan(0);
  });

  it("makes no call after a false alarm: what was heard is settled, the others of its chunks are owed", async () => {
    const { fleet, calls, first, taken, ends, receipts, entries } = await refusedRun({ kind: "token-rejected" }, 20);
    expect(ends).toEqual(["handed-over"]);
    expect((await entries()).filter(({ doubt }) => doubt !== null)).toEqual([]);

    await fleet.invoke(fleet.messages());
    const all = await receipts();
    expect(all.filter(({ reason }) => reason === verdicts.noAnswerBeforeStop.reason)).toEqual([]);
    const untried = all.filter(({ reason }) => reason === verdicts.untried.reason);
    expect(untried.length).toBeGreaterThan(0);
    expect(untried.filter(({ customerId }) => taken.has(customerId))).toEqual([]);
    expect(all.filter(({ outcome }) => outcome === "accepted")).toHaveLength(lines - untried.length);
    await fleet.live(3);

    expect(fleet.countsOf("p")).toBe(lines);
    const again = calls.slice(first).filter(({ accountId }) => taken.has(accountId));
    expect(again).toEqual([]);
  });
});
