import type { Agreement } from "#shared/agreements/agreement";
import { findIntegration } from "#shared/integrations/integration";
import { mailFate } from "#shared/mail/owner-mail";
import type { Table } from "#shared/table/table";

interface Dependencies {
  table: Pick<Table, "get">;
  agreement: Agreement;
}

/** The text that is in force, and what this partner has confirmed, which may be an earlier one. */
export const readAgreement =
  ({ table, agreement }: Dependencies) =>
  async (partnerId: string) => {
    const { version, sha256, title, markdown } = agreement;
    const confirmed = (await findIntegration(table, partnerId))?.agreement ?? null;
    const confirmation = confirmed && {
      version: confirmed.version,
      sha256: confirmed.sha256,
      confirmedAt: confirmed.confirmedAt,
      confirmedBy: confirmed.confirmedBy,
      ownerEmail: await mailFate(table, partnerId, confirmed.mailId),
    };
    return { version, sha256, title, markdown, confirmation };
  };
