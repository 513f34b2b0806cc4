import * as z from "zod";
import { instant } from "../identifier.ts";
import { wordOf } from "../wire.ts";

/** A service as the feed's answer shows it, and where it stands in Gradient. */
export const serviceReply = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    category: z.string(),
    subcategory: z.string(),
    unit: z.string(),
    updatedAt: instant,
    gradient: z.strictObject({
      state: wordOf("awaited", "created", "refused"),
      name: z.string().nullable(),
      hasOtherName: z.boolean(),
      hasOtherDescription: z.boolean(),
      refusal: z.strictObject({ words: z.string(), at: instant, retryAt: instant }).nullable(),
    }),
  })
  .meta({
    id: "Service",
    examples: [
      {
        id: "svc-edr",
        name: "Endpoint protection",
        description: "Detection and response on workstations and servers",
        category: "security",
        subcategory: "endpoint detection and response (EDR)",
        unit: "devices",
        updatedAt: "2026-11-22T12:00:00.000Z",
        gradient: {
          state: "created",
          name: "Endpoint protection",
          hasOtherName: false,
          hasOtherDescription: false,
          refusal: null,
        },
      },
    ],
  });
