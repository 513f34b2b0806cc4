// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of Fn::Sub are what this is about
import { describe, expect, it } from "vitest";
import { evaluate, type Scope } from "#local/host/template/resolve";

const scope: Scope = {
  ref: (name) => ({ "AWS::Region": "eu-central-1", Table: "table-1", Origins: ["http://a", "http://b"] })[name],
  attribute: (resource, name) => `${resource}-${name}`,
  condition: (name) => name === "Yes",
  mapping: (...path) => path.join(">"),
};

describe("an intrinsic function stands for its value", () => {
  it.each<[string, unknown, unknown]>([
    ["Ref", { Ref: "Table" }, "table-1"],
    ["Ref of a list", { Ref: "Origins" }, ["http://a", "http://b"]],
    ["Fn::GetAtt", { "Fn::GetAtt": ["Queue", "Arn"] }, "Queue-Arn"],
    ["Fn::GetAtt with a dotted attribute", { "Fn::GetAtt": "Db.Endpoint.Port" }, "Db-Endpoint.Port"],
    ["Fn::Join", { "Fn::Join": ["/", ["a", { Ref: "Table" }, 3]] }, "a/table-1/3"],
    ["Fn::Sub", { "Fn::Sub": "${AWS::Region}/${Queue.Arn}/${!kept}" }, "eu-central-1/Queue-Arn/${kept}"],
    [
      "Fn::Sub with variables",
      { "Fn::Sub": ["${Name}-${Table}", { Name: { Ref: "AWS::Region" } }] },
      "eu-central-1-table-1",
    ],
    ["Fn::Select of Fn::Split", { "Fn::Select": ["1", { "Fn::Split": ["-", { Ref: "Table" }] }] }, "1"],
    ["Fn::If", { "Fn::If": ["Yes", "a", "b"] }, "a"],
    ["Fn::If, otherwise", { "Fn::If": ["No", "a", { Ref: "Table" }] }, "table-1"],
    ["Fn::Equals", { "Fn::Equals": [{ Ref: "Table" }, "table-1"] }, true],
    ["Fn::Not", { "Fn::Not": [{ Condition: "Yes" }] }, false],
    ["Fn::And", { "Fn::And": [{ Condition: "Yes" }, { Condition: "No" }] }, false],
    ["Fn::Or", { "Fn::Or": [{ Condition: "Yes" }, { Condition: "No" }] }, true],
    ["Fn::FindInMap", { "Fn::FindInMap": ["Map", { Ref: "AWS::Region" }, "x"] }, "Map>eu-central-1>x"],
  ])("%s", (_name, value, expected) => {
    expect(evaluate(value, scope)).toEqual(expected);
  });

  it("leaves out what is AWS::NoValue, wherever it stands", () => {
    const absent = { "Fn::If": ["No", "x", { Ref: "AWS::NoValue" }] };

    expect(evaluate({ a: absent, b: [1, absent, 2], c: { d: absent } }, scope)).toEqual({ b: [1, 2], c: {} });
  });

  it("keeps an object that only looks like one, and refuses what it does not know", () => {
    expect(evaluate({ Ref: "Table", Other: 1 }, scope)).toEqual({ Ref: "Table", Other: 1 });
    expect(() => evaluate({ "Fn::Cidr": [] }, scope)).toThrow("Fn::Cidr is not imitated locally");
  });
});
