import { createHmac } from "node:crypto";
import { type Actor, eventWrite } from "#shared/events/event";
import { startAtOnce } from "#shared/exports/start-usage-export";
import type { GradientApi } from "#shared/gradient/gradient-api";
import { type PartnerToken, tokenFingerprint } from "#shared/gradient/gradient-token";
import { askLook } from "#shared/integrations/ask-look";
import { wantingMissed } from "#shared/integrations/back-again";
import { findIntegration, type Integration, stateWithToken, withoutProblem } from "#shared/integrations/integration";
import { goingOn, tokenTaken } from "#shared/integrations/record/looks";
import { claimWrites, organizationClaimKey, releaseClaim, tokenClaimKey } from "#shared/integrations/token-claim";
import { wrongStep } from "#shared/integrations/wrong-step";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { Changing } from "#shared/table/changing";
import type { Write } from "#shared/table/table";
import { askedAbout } from "./asked-about.ts";
import { orRefusal } from "./or-refusal.ts";
import { organizationDiffers, parseTokens, tryInTurn } from "./pasted-tokens.ts";
import { leave, replacedMail } from "./replaced-token.ts";
import { stoppingRun } from "./stop-run.ts";
import { storingKey } from "./storing-key.ts";
import { tokenAudit } from "./token-audit.ts";
import { wantingEverything, withConnection } from "./unproven.ts";

interface Dependencies extends Changing {
  gradientFor: (partnerId: string) => Pick<GradientApi, "readConnection" | "setStatus">;
  vault: Pick<TokenVault, "store">;
  secretPrefix: string;
  hashKey: () => Promise<string>;
  random: () => number;
}

export interface Registration {
  partnerId: string;
  /** As pasted. */
  text: string;
  by: Actor;
  /** The token may be of another Gradient organization than the one in force. */
  confirmOrganizationChange?: boolean;
}

/**
 * Checks a partner token with Gradient, then stores it; the one it replaces stays in force until then. The secret is
 * written before the record that points to it, so a crash between the two leaves the earlier token at work.
 */
export const registerToken = ({
  table,
  gradientFor,
  vault,
  secretPrefix,
  hashKey,
  now,
  newId,
  random,
}: Dependencies) => {
  const stopRun = stoppingRun({ table, now, newId, random });
  const storing = storingKey({ table, vault, now, newId });
  const asked = askedAbout({ table, now });

  const registerOne = async (
    token: PartnerToken,
    { partnerId, by, confirmOrganizationChange = false }: Registration,
  ): Promise<Integration> => {
    const gradient = gradientFor(partnerId);
    const key = await hashKey();
    const fingerprint = tokenFingerprint(token, key);
    // One name for as long as the partner stays connected, and nothing of the partner in it. A reconnect has another:
    // the secret of the connection before may still have to be deleted.
    const secretNameOf = ({ startedAt }: Integration): string =>
      `${secretPrefix}${createHmac("sha256", key).update(`secret#${partnerId}#${startedAt}`).digest("hex").slice(0, 32)}`;

    return storing.registered(partnerId, async (store) => {
      const found = await findIntegration(table, partnerId);
      if (!found || found.state === "disconnected") throw wrongStep(found?.state ?? "not-started");
      const tokenClaim = await claimWrites(table, tokenClaimKey(fingerprint), partnerId);

      // while Gradient refuses our own key, its refusal would be blamed on the token
      const isNew = found.token?.fingerprint !== fingerprint;
      const connection = await asked({ partnerId, isNew }, () => orRefusal(gradient.readConnection(token)));
      const isElsewhere = found.gradient !== null && found.gradient.organizationId !== connection.organizationId;
      if (isElsewhere && found.gradient && !confirmOrganizationChange) {
        throw organizationDiffers(found.gradient, connection);
      }
      const organizationClaim = await claimWrites(table, organizationClaimKey(connection.organizationId), partnerId);
      // Gradient's wizard stays locked until the vendor has said `pending`; `active` must not be taken back
      const isKnown = connection.status === "pending" || connection.status === "active";
      if (!isKnown) await orRefusal(gradient.setStatus(token, "pending"));

      const { before, secretName, versionId } = await store(found, {
        secretName: secretNameOf(found),
        token,
        connection,
      });
      const at = now().toISOString();
      // consent was given to sending to the organization before
      const consented = isElsewhere ? { ...before, agreement: null } : before;
      const registered = withConnection(
        consented,
        { ...connection, status: isKnown ? connection.status : "pending" },
        at,
      );
      const { leftConnections, farewell } = leave(before, isElsewhere, { at, newId });
      const isOther = before.token?.fingerprint !== fingerprint;
      const isFirst = before.token === null;
      // one key may come to lead to another connection, and back
      const isMoved = connection.integrationId !== before.gradient?.integrationId;
      const isNewHere = isOther || isMoved;
      const updated: Integration = withoutProblem(
        {
          ...registered,
          state: stateWithToken(registered),
          leftConnections,
          token: {
            secretName,
            versionId,
            fingerprint,
            lastFour: token.slice(-4),
            status: "valid",
            // pasted again it is the token that it was, unless it leads elsewhere by now
            registeredAt: isNewHere ? at : (before.token?.registeredAt ?? at),
            registeredBy: isNewHere ? by.actor : (before.token?.registeredBy ?? by.actor),
            checkedAt: at,
          },
          looks: goingOn(tokenTaken(registered.looks, at)),
        },
        "token.rejected",
        "token.missing",
        "gradient.disconnected",
        "connection.differs",
      );
      const released: Write[] = [
        ...(before.token && isOther ? [releaseClaim(tokenClaimKey(before.token.fingerprint))] : []),
        ...(before.gradient && isElsewhere ? [releaseClaim(organizationClaimKey(before.gradient.organizationId))] : []),
      ];
      const { freed, stopWrites } = await stopRun(isNewHere ? before : undefined, updated);
      const wanted = isNewHere ? wantingEverything(freed, at) : wantingMissed(before, freed, at);
      // accounts may have gone with the old connection
      const { integration: asking, owed } = wanted.agreement
        ? askLook(wanted, "replaced", { at, newId })
        : { integration: wanted, owed: [] };
      // somebody waits for what the token before has kept back; where a run is still ending, its close leaves it wanted
      const begun = startAtOnce(asking, { now: now(), newId });
      const isChange = isNewHere || before.state === "suspended";
      const details = {
        lastFour: token.slice(-4),
        organizationName: connection.organizationName,
        lastFourBefore: before.token?.lastFour ?? null,
        organizationBefore: before.gradient?.organizationName ?? null,
      };
      await table.transact([
        ...begun.writes,
        ...tokenClaim,
        ...organizationClaim,
        ...released,
        ...stopWrites,
        ...(isChange
          ? [
              eventWrite({
                id: newId(),
                partnerId,
                type: isFirst ? "token.registered" : "token.replaced",
                at,
                details,
                ...by,
              }),
            ]
          : []),
        ...(isOther && !isFirst
          ? replacedMail(
              before,
              { ...details, by, organizationBefore: isElsewhere ? details.organizationBefore : null },
              { at, newId },
            )
          : []),
        // the connection before hears that the partner has left it; its token is a version of the same secret
        ...farewell,
        ...owed,
      ]);
      return begun.integration;
    });
  };

  const audit = tokenAudit({ table, now, newId });
  return (registration: Registration): Promise<Integration> =>
    audit.tried(registration, (limited) => {
      const tokens = parseTokens(registration.text);
      return tryInTurn(tokens, (token) => limited(() => registerOne(token, registration)));
    });
};
