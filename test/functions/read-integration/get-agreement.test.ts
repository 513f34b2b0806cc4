import { describe, expect, it } from "vitest";
import { currentAgreement } from "#shared/agreements/agreement";
import { ownerMailWrite, queuedMail } from "#shared/mail/owner-mail";
import { anIntegrationRow } from "#test/builders/integration";
import { minutesAfter, noon } from "#test/builders/time";
import { agreement, answer, read } from "./read-rig.ts";

describe("GET /agreement", () => {
  it("answers with the text before anybody has confirmed it", async () => {
    expect(await read([], "/agreement")).toEqual(answer({ ...agreement, confirmation: null }));
  });

  it("answers with the confirmation, and how far the owner's e-mail got", async () => {
    const queued = queuedMail({
      partnerId: "org-1001",
      id: "agreement-2026-11-01-1",
      facts: { kind: "token-rejected", rejectedAt: noon },
      at: minutesAfter(-99),
    });
    const mail = ownerMailWrite({ ...queued, status: "bounced", detail: "soft" });

    expect(await read([anIntegrationRow(), ...("put" in mail ? [mail.put] : [])], "/agreement")).toEqual(
      answer({
        ...agreement,
        confirmation: {
          version: currentAgreement.version,
          sha256: "a".repeat(64),
          confirmedAt: minutesAfter(-100),
          confirmedBy: "person-1",
          ownerEmail: { status: "bounced", at: minutesAfter(-99), detail: "soft" },
        },
      }),
    );
  });
});
