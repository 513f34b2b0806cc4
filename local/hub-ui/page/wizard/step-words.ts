import { countOf } from "../../../page-parts/words.ts";
import { type Integration, isSetUp } from "../states.ts";

export type Step = 1 | 2 | 3;

interface StepWords {
  state: "done" | "now" | "later";
  text: string;
}

const openWords = ({ mapping }: Integration): string => {
  if (mapping === null) return "done";
  const open = [
    { count: mapping.accounts.total - mapping.accounts.mapped, one: "customer" },
    { count: mapping.services.total - mapping.services.mapped, one: "service" },
  ].filter(({ count }) => count > 0);
  return open.length === 0
    ? "done"
    : `done, but ${open.map(({ count, one }) => countOf(count, one)).join(" and ")} not mapped`;
};

/**
 * Where a step stands, and what one that is done has left open. The last one is never ticked: that counts are in
 * Gradient is not yet an approval, and of those the hub does not hear.
 */
export const stepWords = (step: Step, integration: Integration): StepWords => {
  if (step > integration.step) return { state: "later", text: "comes later" };
  if (step < integration.step) return { state: "done", text: step === 2 ? openWords(integration) : "done" };
  if (integration.state === "suspended") return { state: "now", text: "needs a new key" };
  const isSent = step === 3 && isSetUp(integration);
  return { state: "now", text: isSent ? "sent: approve in Gradient" : "to do now" };
};
