import { lineOutcomes, type UsageExport } from "../traveller/hub-client.ts";
import type { Traveller } from "../traveller/traveller.ts";
import { clockIn, waitFor } from "../traveller/wait-for.ts";

// 143 lines take two seconds at Gradient's rate, and two minutes where nine calls of ten fail after a second each; a
// run whose message was lost is begun six minutes later
export const exportTimeoutMs = 420_000;

// a worker's lease of 20 s, the minute after it, the minute between two looks of `admit-exports`, and the message's way
export const takenUpAgainMs = 150_000;
// five minutes for a message that nobody has received, and the minute between two looks
export const begunAgainMs = 370_000;

export const hasEnded = ({ state }: UsageExport): boolean => state === "finished" || state === "cancelled";

/** What became of an export's lines; they sum to all of them. */
export const endWords = ({ totals }: UsageExport): string => {
  const { accepted, unmapped, deferred, lines } = totals;
  const others = (["unchanged", "rejected", "superseded"] as const).filter((outcome) => totals[outcome] > 0);
  const more = others.map((outcome) => `, ${totals[outcome]} ${outcome}`).join("");
  return `${accepted} accepted${more} and ${unmapped} unmapped${deferred > 0 ? `, ${deferred} left over,` : ""} of ${lines} lines`;
};

const gradientIsSlow =
  "Gradient is slow or refuses for the moment; the service tries again by itself. Lines are told by groups: some may be accepted meanwhile.";

interface Followed {
  id: string;
  label: string;
  /** It was under way before: whoever carried it may be dead. */
  isFound?: boolean;
}

const whyItStands = ({ state }: UsageExport, { isLeft, seenAt }: { isLeft: boolean; seenAt: number }): string => {
  const atLatest = (ms: number) => clockIn(seenAt + ms - Date.now());
  if (state === "planned")
    return `The service has not begun this run. If it was stopped just then, it begins by itself, at ${atLatest(begunAgainMs)} at the latest.`;
  return isLeft
    ? `If the service was stopped in the middle of this run, it takes it up again by itself, at ${atLatest(takenUpAgainMs)} at the latest. Otherwise ${gradientIsSlow}`
    : gradientIsSlow;
};

/** Follows an export with a bar until it is finished or cancelled. */
export const followExport = async (
  { hub, terminal }: Traveller,
  { id, label, isFound = false }: Followed,
): Promise<UsageExport> => {
  const bar = terminal.progressBar(label);
  const seenAt = Date.now();
  let seen: UsageExport | undefined;
  let first: string | undefined;
  const progress = () => seen && `${seen.state} ${settledLines(seen)}`;
  return waitFor(
    async () => {
      seen = await hub.readExport(id);
      first ??= progress();
      const { lines, deferred } = seen.totals;
      // an export that is still planned has no lines yet
      if (lines > 0) bar.update(settledLines(seen) - deferred, lines, deferred > 0 ? `${deferred} left over` : "");
      return hasEnded(seen) ? seen : undefined;
    },
    {
      terminal,
      complaint: () =>
        `export ${id} is ${seen?.state}, ${seen && settledLines(seen)} of ${seen?.totals.lines} lines are done`,
      awaited: () => (seen ? whyItStands(seen, { isLeft: isFound && progress() === first, seenAt }) : ""),
      moved: progress,
      timeoutMs: exportTimeoutMs,
    },
  ).finally(bar.end);
};

const settledLines = ({ totals }: UsageExport): number =>
  lineOutcomes.reduce((sum, outcome) => sum + totals[outcome], 0);
