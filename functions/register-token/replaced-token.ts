import type { Actor } from "#shared/events/event";
import { owedClose } from "#shared/exports/ending/final-counts";
import type { Integration } from "#shared/integrations/integration";
import { withLeft } from "#shared/integrations/record/left-connections";
import { personFacts } from "#shared/mail/mail-facts";
import { oweMail } from "#shared/mail/owe-mail";
import type { RowWrite } from "#shared/table/table";

interface Moment {
  at: string;
  newId: () => string;
}

interface ReplacedBy {
  by: Actor;
  lastFour: string;
  organizationName: string;
  /** Null where it is the same. */
  organizationBefore: string | null;
}

/** Owes the owner the mail about another key: somebody who should not may have put it there. */
export const replacedMail = (
  before: Integration,
  { by, lastFour, organizationName, organizationBefore }: ReplacedBy,
  { at, newId }: Moment,
): RowWrite[] => {
  return oweMail(
    {
      partnerId: before.partnerId,
      mailId: `token-replaced-${newId()}`,
      facts: {
        kind: "token-replaced",
        replacedAt: at,
        by: personFacts(by),
        lastFour,
        organizationName,
        organizationBefore,
      },
    },
    { at, newId },
  );
};

/**
 * The message that tells Gradient of the connection before that it was left, if it was, and what the record says of it.
 */
export const leave = (
  { partnerId, token, gradient, leftConnections }: Integration,
  isElsewhere: boolean,
  moment: Moment,
) => {
  if (!token || !isElsewhere) return { leftConnections, farewell: [] };
  const left = { token, gradient };
  return {
    leftConnections: withLeft(leftConnections, left, moment),
    farewell: [owedClose(partnerId, left, moment)],
  };
};
