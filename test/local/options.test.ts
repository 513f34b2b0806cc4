import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readOptions, repositoryRoot } from "#local/options";
import { portsFrom } from "#local/ports";

describe("what npm start was asked for", () => {
  it("is the documented default", () => {
    expect(readOptions([], {})).toEqual({
      portBase: 4000,
      stateFolder: resolve(repositoryRoot, "local/.state"),
      fresh: false,
      opensPage: true,
      loadsSample: true,
      gradient: undefined,
      webhookSecret: undefined,
    });
    expect(portsFrom(4000)).toEqual({ hubUi: 4000, api: 4001, gradient: 4002, mailbox: 4003, issuer: 4004 });
  });

  it("follows the flags and the environment", () => {
    const environment = {
      PORT_BASE: "4100",
      GRADIENT_BILLING_STATE: "/tmp/elsewhere",
      GRADIENT_BASE_URL: "https://app.usegradient.com/api/",
      GRADIENT_VENDOR_KEY: "key",
      GRADIENT_WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    };

    expect(readOptions(["--fresh", "--headless", "--no-sample"], environment)).toEqual({
      portBase: 4100,
      stateFolder: "/tmp/elsewhere",
      fresh: true,
      opensPage: false,
      loadsSample: false,
      gradient: { baseUrl: "https://app.usegradient.com/api", vendorKey: "key" },
      webhookSecret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    });
  });

  it("takes any free ports for 0", () => {
    expect(new Set(Object.values(portsFrom(readOptions([], { PORT_BASE: "0" }).portBase)))).toEqual(new Set([0]));
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ["an unknown flag", ["--frash"], {}, "--fresh, --headless and --no-sample"],
    ["a port that is none", [], { PORT_BASE: "abc" }, "PORT_BASE"],
    ["a port too high", [], { PORT_BASE: "65532" }, "PORT_BASE"],
    ["a Gradient without its key", [], { GRADIENT_BASE_URL: "https://x.example/api" }, "belong together"],
    ["a key without its Gradient", [], { GRADIENT_VENDOR_KEY: "key" }, "belong together"],
    ["a Gradient that is no API", [], { GRADIENT_BASE_URL: "https://x.example", GRADIENT_VENDOR_KEY: "k" }, "/api"],
    ["a webhook secret of another shape", [], { GRADIENT_WEBHOOK_SECRET: "secret" }, "whsec_"],
    [
      "a webhook secret that is short",
      [],
      { GRADIENT_WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2Lab" },
      "24 bytes",
    ],
  ])("says what is wrong with %s", (_name, args, environment, words) => {
    expect(() => readOptions(args, environment)).toThrow(words);
  });
});
