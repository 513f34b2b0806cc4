import { countOf } from "../../../page-parts/words.ts";
import { type Integration, isSetUp } from "../states.ts";
import type { Share } from "./mapping/mapping.ts";

export type Step = 1 | 2 | 3;

interface StepWords {
  state: "done" | "now" | "later";
  text: string;
}

/** What the integration itself counts, or what is read of its mapping, which tells more. */
interface Mapped {
  accounts: Share;
  services: Share;
}

const openWords = ({ accounts, services }: Mapped): string => {
  const shares = [
    { ...accounts, one: "customer" },
    { ...services, one: "service" },
  ];
  const told = (countFor: (share: Share) => number): string =>
    shares
      .filter((share) => countFor(share) > 0)
      .map((share) => countOf(countFor(share), share.one))
      .join(" and ");
  const open = told(({ total, mapped, unknown = 0 }) => total - mapped - unknown);
  const unknown = told((share) => share.unknown ?? 0);
  const isOpen = open === "" ? [] : [`done, but ${open} not mapped`];
  const isUnknown = unknown === "" ? [] : [`of ${unknown} it is not known yet`];
  return [...isOpen, ...isUnknown].join(", and ") || "done";
};

/**
 * Where a step stands, and what one that is done has left open. The last one is never ticked: that counts are in
 * Gradient is not yet an approval, and of those the hub does not hear.
 */
export const stepWords = (
  step: Step,
  integration: Integration,
  mapped: Mapped | null = integration.mapping,
): StepWords => {
  if (step > integration.step) return { state: "later", text: "comes later" };
  if (step < integration.step) return { state: "done", text: step === 2 && mapped ? openWords(mapped) : "done" };
  if (integration.state === "suspended") return { state: "now", text: "needs a new key" };
  const isSent = step === 3 && isSetUp(integration);
  return { state: "now", text: isSent ? "sent: approve in Gradient" : "to do now" };
};
