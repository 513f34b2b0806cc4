import { type Partner, toPartnerItem } from "#shared/partners/partner";
import type { Item } from "#shared/table/table";
import { noon } from "./time.ts";

export const aPartner = (partner: Partial<Partner> = {}): Partner => ({
  id: "org-1001",
  name: "Example MSP",
  owner: { name: "Olga Owner", email: "olga.owner@msp.example" },
  timeZone: "Europe/Prague",
  updatedAt: noon,
  version: 1,
  ...partner,
});

export const aPartnerRow = (partner: Partial<Partner> = {}): Item => toPartnerItem(aPartner(partner));
