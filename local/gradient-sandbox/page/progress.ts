import type { Tone } from "../../page-parts/notice.tsx";
import type { OrganizationSummary } from "./sandbox-api.ts";

export type StepName = "connect" | "accounts" | "services" | "review";

/** The four steps of a partner's wizard, in Gradient's words. */
export const steps: { name: StepName; title: string }[] = [
  { name: "connect", title: "Connect to vendor" },
  { name: "accounts", title: "Account mapping" },
  { name: "services", title: "Service mapping" },
  { name: "review", title: "Review" },
];

export const addressOf = (organizationId: string, part: StepName | "synthesize"): string =>
  `/organizations/${encodeURIComponent(organizationId)}/${part}`;

/** The hub's wizard, at the step that is due there. */
export const wizardOf = (hubUi: string): string => `${hubUi.replace(/\/$/, "")}/#/connect`;

type Progress = Pick<OrganizationSummary, "connected" | "status" | "finishedAt">;

/** The vendor has taken over the key: Gradient's wizard is locked until then. */
export const isTakenOver = ({ connected, status }: Progress): boolean => connected && status !== "inactive";

interface State {
  tone: Tone;
  words: string;
  next: StepName | "synthesize";
  action: string;
}

/** Where a partner is, and what it does next. */
export const stateOf = (organization: Progress): State => {
  if (!organization.connected) return { tone: "neutral", words: "Not connected", next: "connect", action: "Connect" };
  if (!isTakenOver(organization)) {
    return { tone: "warn", words: "Waiting for the vendor", next: "connect", action: "Continue" };
  }
  if (organization.finishedAt === null) {
    return { tone: "warn", words: "Mapping is not finished", next: "accounts", action: "Continue" };
  }
  if (organization.status === "active") return { tone: "good", words: "Active", next: "synthesize", action: "Open" };
  return { tone: "good", words: "Mapping is finished", next: "synthesize", action: "Open" };
};
