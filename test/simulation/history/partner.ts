import { cancelExport } from "#functions/cancel-export/cancel-export";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { leaveOut } from "#functions/leave-out/leave-out";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { receiveMappingWebhook } from "#functions/receive-mapping-webhook/receive-mapping-webhook";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { recordUsage } from "#functions/record-usage/record-usage";
import { registerToken } from "#functions/register-token/register-token";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { hastened } from "#functions/start-export/hasten";
import { type SendUsage, startExport } from "#functions/start-export/start-export";
import { startIntegration } from "#functions/start-integration/start-integration";
import { currentAgreement } from "#shared/agreements/agreement";
import { AppError } from "#shared/errors";
import { patientGradient } from "#shared/gradient/patient-gradient";
import { findIntegration } from "#shared/integrations/integration";
import { singleCallPacer } from "#shared/pace/single-calls";
import type { ExportSchedule } from "#shared/schedules/schedule";
import type { Ports } from "../world/ports.ts";
import type { End } from "../world/processes.ts";
import type { World } from "../world/world.ts";
import { at, customerId, hashKey, partnerIdOf, serviceId } from "./rows.ts";

export const person = { actor: "person-1", actorName: "Ada Admin", address: "203.0.113.7" };

// whoever got no answer asks again, for about an hour
const againMs = [2_000, 10_000, 60_000, 300_000] as const;
const maxTries = 16;

// who has just made a key knows that it is good, whatever is said of it
const notBelieved = ["gradient.unavailable", "gradient.vendor-key-rejected", "token.rejected"];

/** What failed for want of an answer, or by accident, and not because it may not be. */
const isPassing = (end: End): boolean =>
  end.kind === "died" ||
  (end.kind === "threw" &&
    end.error instanceof AppError &&
    (end.error.kind === "unavailable" || notBelieved.includes(end.error.code)));

/**
 * What one partner, its people and its hub do: each act is a process that may fail, and is tried again where its doer
 * would.
 */
export const partnerOf = (world: World, place: number) => {
  const { spawn, line, random, later } = world;
  const partnerId = partnerIdOf(place);
  const patience = random.fork(`patience of ${partnerId}`);
  const by = person;

  /** `insists`: until it has worked, or must not be. */
  const act = (what: string, main: (its: Ports) => Promise<string>, insists = false): void => {
    const attempt = (tries: number) =>
      spawn(`${what} ${partnerId}`, main, {
        onEnd: (end) => {
          if (!insists || !isPassing(end) || tries >= maxTries) return;
          later((againMs[Math.min(tries, 3)] ?? 0) * (1 + patience.next()), () => attempt(tries + 1));
        },
      });
    attempt(0);
  };

  const confirm = async (its: Ports): Promise<string> => {
    const { version, sha256 } = currentAgreement;
    const consent = { partnerId, version, sha256, by, name: "Ada Admin", email: "ada@example.com" };
    return (await confirmAgreement({ ...its, agreement: currentAgreement })(consent)).integration.state;
  };
  const register = async (its: Ports, text: string, confirmOrganizationChange = false): Promise<string> => {
    const pacerFor = singleCallPacer(its.rate, { class: "person-call", patienceMs: 1_200 });
    const gradientFor = (id: string) =>
      patientGradient(its.gradient.as({ pacer: pacerFor(id) }), { clock: its.clock, patienceMs: 1_200 });
    const registering = registerToken({ ...its, gradientFor, secretPrefix: "partner/", hashKey: async () => hashKey });
    return (await registering({ partnerId, text, by, confirmOrganizationChange })).state;
  };

  return {
    id: partnerId,
    send: (request: Omit<SendUsage, "partnerId" | "by">): void =>
      act("send", async (its) => {
        const start = hastened(startExport(its), its.queues);
        return `started ${(await start({ ...request, partnerId, by })).id}`;
      }),
    /** Whatever runs at that moment. */
    cancel: (): void =>
      act("cancel", async (its) => {
        const exportId = (await findIntegration(its.table, partnerId))?.currentExportId;
        return exportId ? (await cancelExport(its)({ partnerId, exportId, by })).state : "nothing to cancel";
      }),
    /** The key of another organization, and the agreement once more. */
    move: (text: string): void =>
      act(
        "move",
        async (its) => {
          await register(its, text, true);
          return confirm(its);
        },
        true,
      ),
    register: (text: string): void => act("register", (its) => register(its, text), true),
    schedule: (schedule: ExportSchedule): void =>
      act(
        "schedule",
        async (its) => (await putSchedule(its)({ partnerId, schedule, by })).nextRunAt ?? "no date",
        true,
      ),
    check: (): void => act("check", async (its) => (await checkMapping(its)({ partnerId, by })).requestedAt),
    webhook: (organizationId: string): void =>
      act("webhook", (its) =>
        receiveMappingWebhook(its)({
          id: its.newId(),
          body: { type: "mapping.completed", data: { organizationId } },
          address: by.address,
        }),
      ),
    disconnect: (finalCounts: "keep" | "zero"): void =>
      act("disconnect", async (its) => (await disconnectIntegration(its)({ partnerId, by, finalCounts })).state, true),
    leaveOut: (kind: "accounts" | "services", index: number, isOut: boolean): void =>
      act(
        "leave out",
        async (its) => {
          const ids = [kind === "accounts" ? customerId(index) : serviceId(index)];
          const { accounts, services } = await leaveOut(its)({
            partnerId,
            kind,
            ids,
            reason: isOut ? "why" : null,
            by,
          });
          return `${accounts} customers and ${services} services are left out`;
        },
        true,
      ),
    /** The whole way from the begin: start, token, agreement. */
    connect: (text: string): void =>
      act(
        "connect",
        async (its) => {
          await startIntegration(its)({ partnerId, by });
          await register(its, text);
          return confirm(its);
        },
        true,
      ),
    measure: (customer: number, counts: { service: number; unitCount: number }[]): void => {
      // the feed tells when it has counted, however late that arrives
      const measuredAt = at(Math.round(line.now()));
      const measurements = counts.map(({ service, unitCount }, index) => ({
        index,
        record: { customerId: customerId(customer), serviceId: serviceId(service), unitCount, measuredAt },
      }));
      const main = async (its: Ports): Promise<string> => {
        const refused = await recordUsage(its)({ partnerId, measurements });
        return `counted ${counts.map(({ unitCount }) => unitCount).join(", ")}, refused ${refused.length}`;
      };
      act("measure", main, true);
    },
    customer: (
      customer: number,
      billing: "billed" | "not-provisioned",
      name = `Customer ${customerId(customer)}`,
    ): void =>
      act(
        "customer",
        async (its) => {
          await recordCustomers(its)({ partnerId, customers: [{ id: customerId(customer), name, billing }] });
          return `${customerId(customer)} is ${billing}`;
        },
        true,
      ),
    remove: (customer: number): void =>
      act(
        "remove",
        async (its) => {
          await removeCustomer(its)({ partnerId, customerId: customerId(customer) });
          return `${customerId(customer)} is removed`;
        },
        true,
      ),
  };
};

export type Partner = ReturnType<typeof partnerOf>;
