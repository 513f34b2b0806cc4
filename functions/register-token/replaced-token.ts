import type { Actor } from "#shared/events/event";
import { owedClose } from "#shared/exports/ending/final-counts";
import type { GradientConnection } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { Integration } from "#shared/integrations/integration";
import { withLeft } from "#shared/integrations/record/left-connections";
import { personFacts } from "#shared/mail/mail-facts";
import { oweMail } from "#shared/mail/owe-mail";
import type { RowWrite } from "#shared/table/table";

interface Moment {
  at: string;
  newId: () => string;
}

/** Owes the owner the mail about another key: somebody who should not may have put it there. */
export const replacedMail = (
  before: Integration,
  { by, token, connection }: { by: Actor; token: PartnerToken; connection: GradientConnection },
  { at, newId }: Moment,
): RowWrite[] => {
  const was = before.gradient;
  const isElsewhere = was !== null && was.organizationId !== connection.organizationId;
  return oweMail(
    {
      partnerId: before.partnerId,
      mailId: `token-replaced-${newId()}`,
      facts: {
        kind: "token-replaced",
        replacedAt: at,
        by: personFacts(by),
        lastFour: token.slice(-4),
        organizationName: connection.organizationName,
        organizationBefore: isElsewhere ? was.organizationName : null,
      },
    },
    { at, newId },
  );
};

/** The message that tells Gradient of the connection before that it was left, and what the record says of it. */
export const leave = ({ partnerId, token, gradient, leftConnections }: Integration, moment: Moment) =>
  token
    ? {
        leftConnections: withLeft(leftConnections, { token, gradient }, moment),
        owed: [owedClose(partnerId, { token, gradient }, moment)],
      }
    : { leftConnections, owed: [] };
