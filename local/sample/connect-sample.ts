import * as z from "zod";
import { type Answer, apiClient, type BodyOf, type RouteKey } from "#client/api-client";
import { fetchAccessToken } from "./access-token.ts";
import { callJson, goodBody, reach } from "./call-json.ts";
import { loadSample } from "./load-sample.ts";
import { samplePeople } from "./people.ts";
import { expectedCounts, readConnectedSample } from "./sample.ts";
import { openOrganization } from "./sample-organization.ts";

interface Places {
  api: string;
  issuer: string;
  gradient: string;
}

const base = "/v1/integrations/gradient";
const inGradient = z.object({
  accounts: z.array(z.object({ id: z.string() })),
  services: z.array(z.object({ name: z.string() })),
});

const stepMs = 500;
// a look comes every minute at least; the rest is room for a machine that has much to do
const patienceMs = 120_000;

const later = () => new Promise((resolve) => setTimeout(resolve, stepMs));

/**
 * Takes the second sample partner to where a partner is who has been connected for a while, by the routes that its
 * people would use. It goes on wherever an earlier start was stopped. Once it has been connected nothing is done any
 * more: what people did to it since stays.
 */
export const connectSample = async ({ api, issuer, gradient }: Places): Promise<void> => {
  const sample = readConnectedSample();
  const { id: partnerId, name } = sample.partner;
  const owner = samplePeople.find(({ org_id, role }) => org_id === partnerId && role === "owner");
  if (owner === undefined) throw new Error(`Nobody of the sample's people owns ${partnerId}.`);
  const { org_id, sub, role, name: ownerName, email } = owner;
  const accessToken = await fetchAccessToken(issuer, { org_id, sub, role, name: ownerName, email, scope: "" });
  const call = apiClient({ api, accessToken: () => accessToken, fetch: reach });
  const bodyOf = async <Key extends RouteKey>(key: Key, answer: Answer<Key>): Promise<BodyOf<Key>> =>
    goodBody(key, answer);
  const stateNow = async () => (await bodyOf(`GET ${base}`, await call(`GET ${base}`, {}))).state;

  // what the feed has said of it since is not taken back
  if ((await stateNow()) === "not-started") await loadSample({ api, issuer }, undefined, sample);
  const organization = await openOrganization(gradient, name);
  const at = `${gradient}/_partner/organizations/${encodeURIComponent(organization.organizationId)}`;
  const doThere = <S extends z.ZodType>(path: string, body: unknown, answer: S) =>
    callJson({ method: "POST", url: `${at}${path}`, body, answer });

  let isFinished = false;
  const steps: Record<string, () => Promise<unknown>> = {
    "not-started": async () => goodBody("start", await call(`POST ${base}`, { body: {} })),
    "awaiting-token": async () => {
      const { partnerToken } = await doThere("/keys", {}, z.object({ partnerToken: z.string() }));
      goodBody("token", await call(`PUT ${base}/token`, { body: { partnerToken } }));
    },
    "awaiting-agreement": async () => {
      const { version, sha256 } = await bodyOf(`GET ${base}/agreement`, await call(`GET ${base}/agreement`, {}));
      goodBody("confirm", await call(`POST ${base}/agreement/confirmations`, { body: { version, sha256 } }));
    },
    "awaiting-mapping": async () => {
      if (isFinished) return;
      const lines = expectedCounts(sample);
      const { accounts, services } = await callJson({ url: at, answer: inGradient });
      const isThere =
        lines.every(({ customerId }) => accounts.some(({ id }) => id === customerId)) &&
        sample.services.every((service) => services.some((one) => one.name === service.name));
      if (!isThere) return;
      await doThere("/mappings/auto", { accounts: "all", services: "all" }, z.unknown());
      await doThere("/finish", {}, z.unknown());
      isFinished = true;
    },
  };
  const end = Date.now() + patienceMs;
  for (;;) {
    const step = steps[await stateNow()];
    if (step === undefined) return;
    if (Date.now() > end) throw new Error(`${name} has not become active in ${patienceMs / 1000} s`);
    await step();
    await later();
  }
};
