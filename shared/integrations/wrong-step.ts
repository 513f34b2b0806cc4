import { AppError } from "../errors.ts";
import type { OpenWord } from "../stored.ts";
import type { IntegrationState } from "./integration.ts";

const whatNow: Record<string, string> = {
  "not-started": "Start the integration first.",
  "awaiting-token": "Register a Gradient token first.",
  "awaiting-agreement": "Confirm the agreement first.",
  "awaiting-mapping": "Map customers and services in Gradient first.",
  active: "The integration is active.",
  suspended: "Gradient refuses the token, or was disconnected there. Register a new one.",
  disconnected: "The integration is disconnected. Start it again first.",
} satisfies Record<IntegrationState, string>;

/** The request comes too early or too late in the wizard. */
export const wrongStep = (state: OpenWord<IntegrationState>): AppError =>
  new AppError("conflict", "integration.wrong-step", whatNow[state] ?? "Not in the present state.", {
    extra: { state },
  });
