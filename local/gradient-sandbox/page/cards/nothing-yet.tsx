import { Notice } from "../../../page-parts/notice.tsx";
import { addressOf, isTakenOver, wizardOf } from "../progress.ts";
import { type OrganizationDetail, useSetting } from "../sandbox-api.ts";

/** Why there is no card, and what to do about it. */
export const NothingYet = ({ organization }: { organization: OrganizationDetail }) => {
  const { data: setting } = useSetting();
  const { organizationId, accounts, services } = organization;
  if (!isTakenOver(organization)) {
    return (
      <Notice tone="neutral" title="The vendor is not connected.">
        <a href={`#${addressOf(organizationId, "connect")}`}>Connect it first</a>
      </Notice>
    );
  }
  const isReady = accounts.some(({ isMapped }) => isMapped) && services.some(({ isMapped }) => isMapped);
  if (!isReady) {
    return (
      <Notice tone="neutral" title="Nothing is mapped.">
        A card needs a mapped account and a mapped service.{" "}
        <a href={`#${addressOf(organizationId, "accounts")}`}>Map them</a>
      </Notice>
    );
  }
  return (
    <Notice tone="neutral" title="No usage has arrived yet.">
      Cards appear here when it does.{" "}
      {setting?.hubUi ? <a href={wizardOf(setting.hubUi)}>Send usage in the hub</a> : null}
    </Notice>
  );
};
