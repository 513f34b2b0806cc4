import { describe, expect, it } from "vitest";
import { sendCount } from "#functions/export-usage/send/send-count";
import { AppError } from "#shared/errors";
import type { CountAnswer, CountClient } from "#shared/gradient/gradient-api";
import { partnerToken } from "#shared/gradient/gradient-token";
import { inMemoryGradient } from "#test/fakes/in-memory-gradient";
import { freePacer, pacedGradient } from "#test/fakes/paced-gradient";
import { virtualClock } from "#test/fakes/virtual-clock";

const token = partnerToken.parse("gradient-partner-token-0001");
const count = { serviceId: "dns", accountId: "a", unitCount: 4, rebuildsViews: false };
const noAnswer: CountAnswer = { kind: "in-doubt", reason: "time-out" };

const aSender = (through: (client: CountClient) => CountClient = (client) => client) => {
  const clock = virtualClock();
  const gradient = inMemoryGradient();
  gradient.failNext("setUnitCount", { answer: noAnswer }, { times: 3 });
  const answers: CountAnswer[] = [];
  let slots = 0;
  const pacer = {
    ...freePacer,
    slot: async () => {
      slots += 1;
      return Number.POSITIVE_INFINITY;
    },
    expect: () => undefined,
  };
  const client = through(pacedGradient(gradient, clock.date));
  const onAnswer = (answer: CountAnswer) => void answers.push(answer);
  const send = sendCount({ gradient: client, pacer, clock, random: () => 0.5, onAnswer });
  return { clock, gradient, answers, send, slots: () => slots };
};

/** Denies it from the given time on. */
const deniedFrom = (time: number) => {
  let asked = 0;
  return async () => {
    asked += 1;
    return asked < time;
  };
};

describe("a count", () => {
  it("takes a slot for each of its attempts", async () => {
    const { clock, send, gradient, slots } = aSender();

    expect(await clock.settle(send(token, count, async () => true))).toMatchObject({
      answer: { kind: "token-rejected" },
      wasInDoubt: true,
      sentAt: clock.now(),
    });
    expect(gradient.countsReceived).toHaveLength(4);
    expect(slots()).toBe(4);
  });

  it.each([
    ["before the wait for its slot", 2, 1],
    ["with the slot in hand", 3, 2],
  ])("is not repeated where that is forbidden %s, and its number stays in doubt", async (_, time, taken) => {
    const { clock, send, gradient, slots } = aSender();

    expect(await clock.settle(send(token, count, deniedFrom(time)))).toMatchObject({
      answer: noAnswer,
      wasInDoubt: true,
    });
    expect(gradient.countsReceived).toHaveLength(1);
    expect(slots()).toBe(taken);
  });

  it("that never went out has no answer, and nobody takes it for one of Gradient's", async () => {
    const { clock, send, gradient, answers } = aSender();

    expect(await clock.settle(send(token, count, async () => false))).toBeNull();
    expect(gradient.countsReceived).toEqual([]);
    expect(answers).toEqual([]);
  });

  it("keeps the answer that it has where the next attempt gets no slot", async () => {
    let calls = 0;
    const { clock, send } = aSender((client) => ({
      as: (caller) => {
        const { setUnitCount } = client.as(caller);
        return {
          setUnitCount: async (...given) => {
            calls += 1;
            if (calls > 1) throw new AppError("unavailable", "table.unavailable", "no answer");
            return setUnitCount(...given);
          },
        };
      },
    }));

    expect(await clock.settle(send(token, count, async () => true))).toMatchObject({ answer: noAnswer });
  });
});
