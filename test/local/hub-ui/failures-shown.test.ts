import { describe, expect, it } from "vitest";
import type { Problem } from "#client/api-client";
import { Refused } from "#local/hub-ui/page/answers";
import { tellFailure } from "#local/hub-ui/page/parts/problem-words";
import { Answered } from "../../../local/hub-ui/page/parts/answered.tsx";
import { Failure } from "../../../local/hub-ui/page/parts/failure.tsx";
import { ToConnect } from "../../../local/hub-ui/page/parts/to-connect.tsx";
import { rendered } from "./rendered.ts";

describe("what was read before", () => {
  const shown = (error: unknown) =>
    rendered(Answered<string>, {
      answer: { data: "Alder", error, dataUpdatedAt: 0, refetch: () => undefined },
      children: (data: string) => data,
    });

  it("stays, and a lost connection is left to the one notice above it", () => {
    expect(shown(new TypeError("Failed to fetch"))).toBe("Alder");
    const failed = new Refused({ status: 500, code: "internal", detail: "" } as Problem, new Headers());
    expect(shown(failed)).toMatch(/The service failed.*tried again by itself.*Alder/);
  });
});

describe("a failure", () => {
  const told = (code: string, status: number, headers = {}) => {
    const error = new Refused({ status, code, detail: "" } as Problem, new Headers(headers));
    return rendered(Failure, { error, onRetry: () => undefined });
  };

  it("blames the hub's own key no surer than anybody knows, and names no moment but the one beside the button", () => {
    const words = told("gradient.vendor-key-rejected", 502, { "retry-after": "90" });
    expect(words).toContain("Gradient refuses the hub&#x27;s own key, as it seems");
    expect(words).toContain("That says nothing about your key.");
    expect(words).not.toContain("time that is named");
    expect(words).toContain("Possible in 90 seconds.");
  });

  const gateway = ["", 503] as const;
  it.each([gateway, ["table.unavailable", 503], ["table.conflict", 409], ["internal", 500]] as const)(
    "says of a change that nobody knows what became of it, and promises nothing: %s %i",
    (code, status) => {
      const problem = { status, code, detail: "" } as Problem;
      const words = tellFailure(new Refused(problem, new Headers(), { isOfChange: true })).whatToDo;

      expect(words).toContain("All of it may be done, a part, or nothing: look at what the page shows now.");
      expect(words).toContain("try again: nothing is done twice");
      expect(words).not.toContain("Nothing was changed");
    },
  );

  it.each([500, 503])("does not frighten whoever only reads: %i", (status) => {
    const refused = new Refused({ status, code: "", detail: "" } as Problem, new Headers());
    expect(tellFailure(refused).whatToDo).not.toContain("done");
    expect(tellFailure(refused).whatToDo).toContain("Try again in a moment.");
  });

  it.each([
    ["calls.too-many", 429],
    ["gradient.refused", 503],
    ["gradient.vendor-key-rejected", 502],
    ["token.rejected", 422],
  ])("says of a change that nothing was done where that is known: %s", (code, status) => {
    const refused = new Refused({ status, code, detail: "" } as Problem, new Headers(), { isOfChange: true });
    expect(tellFailure(refused).whatToDo).toMatch(/nothing was (changed|saved)/i);
  });

  it("says of a run that is not there what may have become of it", () => {
    const words = told("export.not-found", 404);
    expect(words).toContain("Runs are kept for 13 months, dry runs for a week");
  });

  it("says what becomes of a press while a run is under way", () => {
    const words = told("export.already-running", 409);
    expect(words).toContain("No second run was started.");
    expect(words).toContain("that run or one right after it sends");
    expect(words).toContain("For anything else, try again when that run is over.");
  });
});

describe("the way to the wizard", () => {
  it("is to go on for whoever may, and to look for everybody else", () => {
    expect(rendered(ToConnect, { act: "Set up Gradient" })).toContain("Set up Gradient");
    const other = rendered(ToConnect, { act: "Set up Gradient" }, { mayChange: false });
    expect(other).not.toContain("Set up Gradient");
    expect(other).toContain("Only the owner or a full admin of your organization can connect it.");
    expect(other).toContain('href="#/connect"');
  });
});
