import type { Agreement } from "#shared/agreements/agreement";
import { covers } from "#shared/agreements/consent";
import { AppError } from "#shared/errors";
import { type Actor, eventWrite } from "#shared/events/event";
import { askLook } from "#shared/integrations/ask-look";
import { findIntegration, type Integration, integrationWrite, stateWithToken } from "#shared/integrations/integration";
import { wish } from "#shared/integrations/record/wants";
import { wrongStep } from "#shared/integrations/wrong-step";
import { oweMail } from "#shared/mail/owe-mail";
import { startReminders } from "#shared/mail/reminders";
import { owe } from "#shared/outbox/outbox";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, written } from "#shared/table/table";

interface Dependencies extends Changing {
  agreement: Agreement;
}

export interface Confirmation {
  partnerId: string;
  version: string;
  sha256: string;
  by: Actor;
  name: string;
  email: string;
  /** The browser, as it names itself. */
  userAgent?: string | null;
}

/**
 * Records consent. One transaction holds the consent, the e-mail to the owner and the creation of the accounts, so none
 * of them can happen without the others; confirming twice has one effect and one e-mail. A newer version that was
 * confirmed before stays. Throws `integration.wrong-step`, and `agreement.outdated` (with its `currentVersion`) for
 * another text than the one in force.
 */
export const confirmAgreement =
  ({ table, agreement, now, newId }: Dependencies) =>
  ({
    partnerId,
    version,
    sha256,
    by,
    name,
    email,
    userAgent = null,
  }: Confirmation): Promise<{ integration: Integration; isNew: boolean }> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before?.token || before.state === "disconnected") throw wrongStep(before?.state ?? "not-started");
      if (version !== agreement.version || sha256 !== agreement.sha256) {
        const detail = "The agreement has another text now. Read it again, then confirm that version.";
        throw new AppError("conflict", "agreement.outdated", detail, { extra: { currentVersion: agreement.version } });
      }
      const held = before.agreement;
      const isOtherText = held?.version === version && held.sha256 !== sha256;
      if (held && covers(held, version) && !isOtherText) return { integration: before, isNew: false };
      if (before.state === "suspended") throw wrongStep(before.state);

      const at = now().toISOString();
      const mailId = `agreement-${version}-${newId()}`;
      const isRenewed = before.agreement !== null && before.state === "active";
      const confirmed: Integration = {
        ...before,
        // what was kept back for want of this
        wants: isRenewed ? wish(before.wants, "all", { at, trigger: "recovery" }) : before.wants,
        agreement: {
          version,
          sha256,
          confirmedAt: at,
          confirmedBy: by.actor,
          role: by.role ?? null,
          userAgent,
          mailId,
        },
        isReminded: true,
        mapping: { ...before.mapping, waitingSince: before.mapping.waitingSince ?? at, nextCheckAt: at },
      };
      const { integration: updated, owed } = askLook({ ...confirmed, state: stateWithToken(confirmed) }, "confirmed", {
        at,
        newId,
      });
      await table.transact([
        integrationWrite(updated),
        ...owed,
        ...(await startReminders(table, before, at)),
        // the first partner's key brings the vendor's services to Gradient, too
        owe({ kind: "sync-catalogue" }, { id: newId(), at }),
        ...oweMail(
          {
            partnerId,
            mailId,
            facts: {
              kind: "agreement-confirmed",
              version,
              sha256,
              confirmedAt: at,
              confirmedByName: name || by.actor,
              confirmedByEmail: email,
              address: by.address ?? "",
            },
          },
          { at, newId },
        ),
        eventWrite({
          id: newId(),
          partnerId,
          type: "agreement.confirmed",
          at,
          details: { version, sha256, userAgent },
          ...by,
        }),
      ]);
      return { integration: written(updated), isNew: true };
    });
