import { toCustomerItem } from "#shared/customers/customer";
import { tokenFingerprint } from "#shared/gradient/gradient-token";
import { type Integration, integrationWrite } from "#shared/integrations/integration";
import { noLooks } from "#shared/integrations/record/looks";
import { organizationClaimKey, tokenClaimKey } from "#shared/integrations/token-claim";
import { added, type Item } from "#shared/table/table";
import { usageWrite } from "#shared/usage/usage";
import { anIntegration } from "#test/builders/integration";
import { aPartnerRow } from "#test/builders/partner";
import { aServiceRow } from "#test/builders/service";
import { gradientServiceId, serviceName } from "../gradient/vendor.ts";
import { versionOf } from "../world/secrets.ts";
import type { History } from "./history.ts";

export const at = (ms: number): string => new Date(ms).toISOString();
export const partnerIdOf = (place: number): string => `p${place}`;
export const organizationIdOf = (place: number): string => `org-${partnerIdOf(place)}`;
/** Of a partner, or of its organization. */
export const placeOf = (id: string): number => Number(id.slice(id.lastIndexOf("p") + 1));
export const customerId = (index: number): string => `c${index}`;
export const serviceId = (index: number): string => `s${index}`;
export const secretNameOf = (place: number): string => `partner/${partnerIdOf(place)}`;
export const hashKey = "hash-key";

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

const integrationRow = ({ partners, startsAt }: History, place: number, key: string): Item => {
  const plan = partners[place];
  if (!plan) throw new Error(`There is no partner ${place}`);
  const base = anIntegration();
  const waiting = {
    state: "awaiting-mapping",
    nextRunAt: null,
    mapping: { ...base.mapping, waitingSince: at(startsAt), completedAt: null, nextCheckAt: at(startsAt + 30_000) },
  } as const;
  const accounts = { total: plan.customers, mapped: plan.customers - plan.unmapped.length, unknown: 0 };
  const active = { nextRunAt: at(startsAt + plan.dueInMs), mapping: { ...base.mapping, accounts } } as const;
  const looks = {
    ...noLooks,
    livelyAt: at(startsAt - plan.quietForMs),
    tokenCheckAt: at(startsAt + plan.tokenCheckInMs),
  };
  const value: Integration = {
    ...base,
    looks,
    partnerId: partnerIdOf(place),
    ...(plan.isActive ? active : waiting),
    schedule: plan.schedule,
    gradient: base.gradient && {
      ...base.gradient,
      organizationId: organizationIdOf(place),
      integrationId: `connection-${organizationIdOf(place)}-1`,
    },
    token: base.token && {
      ...base.token,
      secretName: secretNameOf(place),
      versionId: versionOf(secretNameOf(place), 0),
      fingerprint: tokenFingerprint(key as Parameters<typeof tokenFingerprint>[0], hashKey),
    },
    ledgerBits: plan.ledgerBits,
    version: 0,
  };
  return integrationWrite(value).put;
};

const partnerRows = (history: History, place: number, key: string): Item[] => {
  const partnerId = partnerIdOf(place);
  const measuredAt = at(history.startsAt);
  const customers = range(history.partners[place]?.customers ?? 0);
  const fingerprint = tokenFingerprint(key as Parameters<typeof tokenFingerprint>[0], hashKey);
  return [
    aPartnerRow({ id: partnerId, timeZone: history.partners[place]?.schedule.timeZone ?? "Europe/Prague" }),
    integrationRow(history, place, key),
    added({ ...tokenClaimKey(fingerprint), partnerId }).put,
    added({ ...organizationClaimKey(organizationIdOf(place)), partnerId }).put,
    ...customers.map((index) =>
      toCustomerItem({
        id: customerId(index),
        name: `Customer ${customerId(index)}`,
        billing: "billed",
        partnerId,
        removedAt: null,
        retiredAt: null,
        isMapped: null,
        updatedAt: measuredAt,
        version: 1,
      }),
    ),
    ...customers.map((index) => {
      const counts = range(history.services).map(
        (nth) => [serviceId(nth), { unitCount: index + nth, measuredAt }] as const,
      );
      return usageWrite({ partnerId, customerId: customerId(index), counts: Object.fromEntries(counts), version: 0 })
        .put;
    }),
  ];
};

/** The table as the history begins; `keyOf` gives each partner's first key. */
export const rowsOf = (history: History, keyOf: (place: number) => string): Item[] => [
  ...range(history.services).map((index) =>
    aServiceRow({
      id: serviceId(index),
      name: serviceName(serviceId(index)),
      gradientServiceId: gradientServiceId(serviceId(index)),
    }),
  ),
  ...range(history.partners.length).flatMap((place) => partnerRows(history, place, keyOf(place))),
];
