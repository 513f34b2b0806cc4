import { signedHeaders } from "../../signed-webhook.ts";
import type { SandboxBehaviour } from "./behaviour.ts";
import { newId, type Organization } from "./records.ts";
import type { Timers } from "./timers.ts";

export interface WebhookTarget {
  url: string;
  /** `whsec_` and Base64, as Standard Webhooks writes secrets. */
  secret: string;
}

/** How the last call about one organization stands. */
export interface Delivery {
  webhookId: string;
  attempts: number;
  /** Null while nothing was answered. */
  status: number | null;
  delivered: boolean;
}

// short, as both ends are on this machine; whoever misses all of them still finds out by polling
const pausesMs = [300, 1500];
const timeoutMs = 5000;

/** Tells the hub that a partner finished mapping, signed as Standard Webhooks lays down. Gradient itself has none. */
export const mappingWebhook = (
  target: WebhookTarget | undefined,
  { timers, nowMs, behaviour }: { timers: Timers; nowMs: () => number; behaviour: Pick<SandboxBehaviour, "webhook"> },
) => {
  const deliveries = new Map<string, Delivery>();

  const attempt = async ({ url, secret }: WebhookTarget, webhookId: string, body: string): Promise<number | null> => {
    // the time is that of the attempt, so that a retry is not taken for a replay
    const headers = signedHeaders(secret, { id: webhookId, sentAtMs: nowMs(), body });
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), timers.stopped]);
      const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
      await response.body?.cancel();
      return response.status;
    } catch {
      return null;
    }
  };

  const deliver = async (to: WebhookTarget, organizationId: string, webhookId: string, body: string): Promise<void> => {
    for (const [index, pauseMs] of [...pausesMs, null].entries()) {
      const status = await attempt(to, webhookId, body);
      const delivered = status !== null && status >= 200 && status < 300;
      deliveries.set(organizationId, { webhookId, attempts: index + 1, status, delivered });
      if (delivered || pauseMs === null) return;
      await timers.sleep(pauseMs);
    }
  };

  /** Late, or several times under one id, where the sandbox is told to. */
  const tell = async (to: WebhookTarget, organizationId: string, body: string): Promise<void> => {
    const { times, delayMs } = behaviour.webhook();
    const webhookId = `msg_${newId()}`;
    for (let time = 0; time < times; time += 1) {
      if (delayMs > 0) await timers.sleep(delayMs);
      await deliver(to, organizationId, webhookId, body);
    }
  };

  return {
    isConfigured: target !== undefined,
    deliveryOf: (organizationId: string): Delivery | null => deliveries.get(organizationId) ?? null,
    /** Sends in the background, with the same id at every attempt. */
    send: ({ id, integrationId }: Organization): void => {
      if (!target) return;
      const timestamp = new Date(nowMs()).toISOString();
      const data = { organizationId: id, integrationId };
      const body = JSON.stringify({ type: "mapping.completed", timestamp, data });
      void tell(target, id, body);
    },
  };
};
export type MappingWebhook = ReturnType<typeof mappingWebhook>;
