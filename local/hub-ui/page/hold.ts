import { momentOf } from "../../page-parts/words.ts";
import { isConsentOver, isSoon } from "./screens/runs/next-run.ts";
import type { Integration } from "./states.ts";

type Waiting = NonNullable<Integration["exports"]["waiting"]>;

/** What Gradient's trouble is called among the problems, by what it is called where something waits for its end. */
const problemOf: Record<string, string> = {
  "gradient-refuses": "gradient.forbidden",
  "gradient-down": "gradient.unavailable",
  "vendor-key": "gradient.vendor-key-rejected",
};
const holding = new Set(Object.values(problemOf));

/** While Gradient's trouble holds the partner's calls: none goes out before `retryAt`. */
export interface Hold {
  code: string;
  since: string;
  retryAt: string | null;
}

export const holdOf = ({ problems }: { problems: readonly Hold[] }): Hold | undefined =>
  problems.find(({ code }) => holding.has(code));

/** The problem that is shown says of this wait all that there is to say. */
export const isToldBy = ({ why }: Pick<Waiting, "why">, { problems }: { problems: readonly Pick<Hold, "code">[] }) =>
  problems.some(({ code }) => code === problemOf[why]);

/** Until when no call goes out. */
export const untilWords = ({ retryAt }: Pick<Hold, "retryAt">, now = Date.now()): string => {
  if (retryAt === null) return "No call goes out until Gradient is asked again, which happens by itself.";
  return isSoon(retryAt, now)
    ? "No call goes out until Gradient is asked again, which is soon."
    : `No call goes out until ${momentOf(retryAt)}; then Gradient is asked again.`;
};

const reasons: Record<string, string> = {
  "gradient.forbidden": "Gradient refuses the calls for your organization",
  "gradient.unavailable": "Gradient is failing",
  "gradient.vendor-key-rejected": "Gradient refuses the hub's own key, as it seems",
};

/** What a hold is called wherever it is told. */
export const holdTitle = ({ code }: Pick<Hold, "code">): string => reasons[code] ?? `Problem ${code}`;

/** Why nothing can be sent now, and when it can; undefined where nothing is in the way. */
export const whyHeld = (integration: { problems: readonly Hold[] }, now = Date.now()): string | undefined => {
  if (isConsentOver(integration)) return "Possible once the new agreement is confirmed.";
  const hold = holdOf(integration);
  return hold && `${holdTitle(hold)}. ${untilWords(hold, now)}`;
};

/** Why nobody looks at Gradient now. Whoever seems to have disconnected there may say by it that this is not so. */
export const whyNoCheck = ({ state, problems }: Pick<Integration, "state" | "problems">): string | undefined =>
  state === "suspended" && !problems.some(({ code }) => code === "gradient.disconnected")
    ? "Possible once the key is replaced."
    : undefined;

interface Press {
  hold: Hold | undefined;
  requestedAt: string;
  /** What the answer to the press said: it knows also of what is no problem of the page yet. */
  heldUntil: string | null;
  /** When Gradient was looked at last, as far as the page knows by now. */
  lastCheckedAt: string | null;
}

/** What has become of a press of *Check now*: while calls are held, it is kept and no call follows it. */
export const pressedWords = (press: Press, now = Date.now()): string => {
  const { hold, requestedAt, heldUntil, lastCheckedAt } = press;
  if (lastCheckedAt !== null && Date.parse(lastCheckedAt) >= Date.parse(requestedAt))
    return "Gradient was looked at since you asked; what was found is shown here.";
  const isToldHeld = heldUntil !== null && Date.parse(heldUntil) > now;
  const held = hold ?? (isToldHeld ? { retryAt: heldUntil } : undefined);
  return held === undefined
    ? "Gradient is being looked at; what is found appears here by itself."
    : `Your check is kept. ${untilWords(held, now)} Once calls go out again, what you have mapped is looked at by itself.`;
};
