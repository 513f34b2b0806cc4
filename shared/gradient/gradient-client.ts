import type * as z from "zod";
import { isAppError } from "../errors.ts";
import { logger } from "../logger.ts";
import { type Answer, isSuccess, jsonOf, toAppError, toCountAnswer, tooLarge } from "./gradient-answers.ts";
import {
  type AccountChange,
  accountsPerCall,
  type Caller,
  type GradientApi,
  type GradientClient,
  gradientUnavailable,
} from "./gradient-api.ts";
import { accountsReply, connectionReply, vendorReply } from "./gradient-replies.ts";
import { type GradientRequest, gradientRequests, type RequestOptions } from "./gradient-requests.ts";
import type { PartnerToken } from "./gradient-token.ts";
import { TransportError } from "./https-transport.ts";

/** Ids may hold anything; half a surrogate pair cannot be written into a URL. */
const segment = (id: string) => encodeURIComponent(id.toWellFormed());

const toChangeBody = ({ name, isActive }: AccountChange) => ({
  ...(name === undefined ? {} : { name }),
  ...(isActive === undefined ? {} : { isActive }),
});

const apiFor = (request: ReturnType<typeof gradientRequests>, caller: Caller): GradientApi => {
  const succeed = async (token: PartnerToken, call: GradientRequest): Promise<Answer> => {
    const sent = await request(caller, token, call);
    const answer = await sent.answer.catch((error: unknown) => {
      if (!(error instanceof TransportError)) throw error;
      throw gradientUnavailable(error.isTooSlow ? "too-slow" : error.maySent ? "may-land" : "over");
    });
    if (!isSuccess(answer)) throw toAppError(answer);
    return answer;
  };

  const read = async <S extends z.ZodType>(token: PartnerToken, path: string, schema: S): Promise<z.output<S>> => {
    const parsed = schema.safeParse(jsonOf(await succeed(token, { method: "GET", path })));
    if (!parsed.success) throw gradientUnavailable("over");
    return parsed.data;
  };

  /**
   * Sends many in as few calls as Gradient takes. It names no limit for a body: where one is too large (413), the parts
   * are halved from then on.
   */
  const inParts = async <T>(items: T[], send: (some: T[]) => Promise<unknown>): Promise<void> => {
    let size = accountsPerCall;
    for (let from = 0; from < items.length; ) {
      const some = items.slice(from, from + size);
      try {
        await send(some);
        from += some.length;
      } catch (error) {
        if (!isAppError(error, "gradient.refused") || error.cause !== tooLarge || some.length === 1) throw error;
        size = Math.ceil(some.length / 2);
      }
    }
  };

  return {
    readConnection: async (token) => {
      const { organizationId, name, integrationId, status, lastSyncedAt } = await read(
        token,
        "/organization",
        connectionReply,
      );
      return { organizationId, organizationName: name, integrationId, status, lastSyncedAt };
    },

    setStatus: async (token, status) => {
      await succeed(token, { method: "PATCH", path: `/organization/status/${status}` });
    },

    readServices: async (token) => {
      const { skus } = await read(token, "", vendorReply);
      const unreadable = skus.filter(({ id, name }) => id === "" || name === "").length;
      if (unreadable > 0) logger.error("gradient lists services that cannot be read", { services: unreadable });
      return skus.map(({ id, name }) => ({ id, name }));
    },

    createService: async (token, { name, description, category, subcategory }) => {
      const body = { name, description, category, subcategory };
      await succeed(token, { method: "POST", path: "/service", body });
    },

    readAccounts: async (token) => {
      const { accounts, unreadable } = await read(token, "/organization/accounts", accountsReply);
      if (unreadable > 0) logger.error("gradient lists accounts that cannot be read", { accounts: unreadable });
      return accounts.map(({ id, name, isMapped }) => ({
        id,
        name: name ?? "",
        ...(isMapped === undefined || isMapped === null ? {} : { isMapped }),
      }));
    },

    createAccounts: (token, accounts) =>
      inParts(accounts, (some) => {
        const body = some.map(({ id, name }) => ({ id, name, description: "" }));
        return succeed(token, { method: "POST", path: "/organization/accounts", body });
      }),

    changeAccounts: (token, changes) =>
      inParts(changes, (some) => {
        const [change] = some;
        if (some.length > 1 || change === undefined) {
          const body = some.map((one) => ({ id: one.id, ...toChangeBody(one) }));
          return succeed(token, { method: "PATCH", path: "/organization/accounts", body });
        }
        // without the id in the body: there it would be a new id for the account
        const path = `/organization/accounts/${segment(change.id)}`;
        return succeed(token, { method: "PATCH", path, body: toChangeBody(change) });
      }),

    setUnitCount: async (token, { serviceId, accountId, unitCount, rebuildsViews }) => {
      const path = `/service/${segment(serviceId)}/count${rebuildsViews ? "" : "?no_build=true"}`;
      const call: GradientRequest = { method: "POST", path, body: { accountId, unitCount } };
      const sent = await request(caller, token, call).catch((error: unknown) => {
        if (!isAppError(error, "gradient.not-asked")) throw error;
        return null;
      });
      if (sent === null) return { kind: "not-sent" };
      const { sentAt, answer } = sent;
      try {
        return { ...toCountAnswer(await answer), sentAt };
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        const reason = error.maySent ? error.message : `${error.message}, before anything was sent`;
        return { kind: "in-doubt", reason, sentAt };
      }
    },
  };
};

/** Gradient's vendor API over HTTP. */
export const gradientClient = (options: RequestOptions): GradientClient => {
  const request = gradientRequests(options);
  return { as: (caller) => apiFor(request, caller) };
};
