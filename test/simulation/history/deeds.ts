import { putService } from "#functions/put-service/put-service";
import { fromCustomerItem } from "#shared/customers/customer";
import { listExports } from "#shared/exports/usage-export";
import type { Integration } from "#shared/integrations/integration";
import { aServiceRecord } from "#test/builders/service";
import type { Organization } from "../gradient/organization.ts";
import { gradientServiceId, serviceName } from "../gradient/vendor.ts";
import type { World } from "../world/world.ts";
import type { Deed } from "./history.ts";
import type { Partner } from "./partner.ts";
import { at, customerId, placeOf, serviceId } from "./rows.ts";

/** Somebody who does what a history says. */
export interface Actor {
  partner: Partner;
  organization: Organization;
}

const customerOf = ({ table }: World, partnerId: string, customer: number) => {
  const row = table.rows.get(`partner#${partnerId}\u0000customer#${customerId(customer)}`);
  return row && fromCustomerItem(row);
};

const leftOutServicesOf = ({ table }: World, partnerId: string): readonly string[] => {
  const row = table.rows.get(`partner#${partnerId}\u0000integration`);
  return (row as unknown as Integration | undefined)?.leftOutServiceIds ?? [];
};

/** Does what a history says, at this moment. */
export const deedsIn = (world: World, partners: Partner[]) => {
  const { history, line, running, spawn, trace, later: after } = world;
  const { startsAt } = history;
  const send = async ({ partner }: Actor, deed: Extract<Deed, { does: "send" }>): Promise<void> => {
    const { mode, customer, isRetry, againAfterMs } = deed;
    const last = isRetry ? (await listExports(world.table, partner.id, { limit: 1 })).items[0] : undefined;
    const request = {
      mode,
      ...(customer === undefined ? {} : { customerIds: [customerId(customer)] }),
      ...(last ? { retryOf: last.id } : {}),
    };
    partner.send(request);
    // asked for twice, as by a person who saw no answer
    if (againAfterMs !== undefined) after(againAfterMs, () => partner.send(request));
  };

  const giveKey = ({ partner, organization }: Actor, deed: Extract<Deed, { does: "new-key" }>): void => {
    const { isOtherConnection, keepsOld, pastedAfterMs, sendAfterMs } = deed;
    const key = isOtherConnection ? organization.connectAnew(keepsOld) : organization.regenerateKey();
    trace(() => `${partner.id} has another ${isOtherConnection ? "connection" : "key"} in Gradient`);
    if (pastedAfterMs === null) return;
    after(pastedAfterMs, () => partner.register(key));
    if (sendAfterMs !== undefined) after(pastedAfterMs + sendAfterMs, () => partner.send({ mode: "changes" }));
  };

  const addService = (service: number): void => {
    spawn("service", async (its) => {
      const record = aServiceRecord({ name: serviceName(serviceId(service)) });
      await putService(its)({ id: serviceId(service), record });
      return "put";
    });
    for (const [place, partner] of partners.entries())
      for (let customer = 0; customer < (history.partners[place]?.customers ?? 0); customer += 1)
        after(10_000, () => partner.measure(customer, [{ service, unitCount: 1 + customer }]));
  };

  const map = ({ organization }: Actor, { customer, isMapped }: Extract<Deed, { does: "map" }>): void => {
    const account = organization.accounts.get(customerId(customer));
    if (account) account.isMapped = isMapped;
  };

  return (actor: Actor, deed: Deed): void => {
    const { partner, organization } = actor;
    switch (deed.does) {
      case "send":
        void send(actor, deed);
        break;
      case "cancel":
        partner.cancel();
        break;
      case "measure":
        partner.measure(deed.customer, [deed]);
        break;
      case "remove": {
        const isThere = customerOf(world, partner.id, deed.customer)?.removedAt === null;
        if (isThere) partner.remove(deed.customer);
        else partner.customer(deed.customer, "billed");
        break;
      }
      case "add":
        partner.customer(deed.customer, "billed");
        after(5_000, () => partner.measure(deed.customer, [{ service: 0, unitCount: 1 }]));
        break;
      case "exclude": {
        const isBilled = customerOf(world, partner.id, deed.customer)?.billing === "billed";
        partner.customer(deed.customer, isBilled ? "not-provisioned" : "billed");
        break;
      }
      case "rename":
        partner.customer(deed.customer, "billed", `Customer of ${line.now() - startsAt}`);
        break;
      case "map":
        map(actor, deed);
        break;
      case "map-service": {
        const id = gradientServiceId(serviceId(deed.service));
        if (deed.isMapped) organization.mappedServices.add(id);
        else organization.mappedServices.delete(id);
        break;
      }
      case "schedule": {
        const pausedUntil = deed.pauseMs === null ? null : at(Math.round(line.now()) + deed.pauseMs);
        partner.schedule({ ...deed.schedule, pausedUntil });
        break;
      }
      case "new-key":
        giveKey(actor, deed);
        break;
      case "paste-again":
        partner.register(organization.current().key ?? "");
        break;
      case "leave-out": {
        const isOut =
          deed.kind === "accounts"
            ? (customerOf(world, partner.id, deed.place)?.leftOut ?? null) !== null
            : leftOutServicesOf(world, partner.id).includes(serviceId(deed.place));
        partner.leaveOut(deed.kind, deed.place, !isOut);
        break;
      }
      case "hide-account":
        organization.unlisted.add(customerId(deed.customer));
        after(deed.forMs, () => organization.unlisted.delete(customerId(deed.customer)));
        break;
      case "refuse-changes":
        organization.takesChanges = false;
        after(deed.forMs, () => {
          organization.takesChanges = true;
        });
        break;
      case "move": {
        const to = world.move(placeOf(partner.id));
        trace(() => `${partner.id} is in ${to.id}`);
        after(deed.pastedAfterMs, () => partner.move(to.current().key ?? ""));
        after(deed.pastedAfterMs + deed.mappedAfterMs, () => {
          for (const account of to.accounts.values()) account.isMapped = true;
          for (const { id } of world.vendor.services) to.mappedServices.add(id);
        });
        break;
      }
      case "check":
        partner.check();
        break;
      case "webhook":
        partner.webhook(organization.id);
        break;
      case "delete-accounts":
        organization.deleteAccounts(deed.customers.map(customerId));
        break;
      case "disconnect":
        partner.disconnect(deed.isZeroed ? "zero" : "keep");
        if (deed.backAfterMs !== null) after(deed.backAfterMs, () => partner.connect(organization.current().key ?? ""));
        break;
      case "new-service":
        addService(deed.service);
        break;
      case "stand-still":
        for (const process of running.alive) process.pausedUntil = line.now() + deed.ms;
    }
  };
};
