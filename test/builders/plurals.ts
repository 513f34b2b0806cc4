/**
 * One and several, as they end the names of companies. Both who compares names, the service and the sandbox in
 * Gradient's place, have to know them; neither may import the other.
 */
export const plurals: [one: string, several: string][] = [
  ["Green Box", "Green Boxes"],
  ["Northern Church", "Northern Churches"],
  ["North Branch", "North Branches"],
  ["City Glass", "City Glasses"],
  ["Small Business", "Small Businesses"],
  ["Fresh Brush", "Fresh Brushes"],
  ["Night Bus", "Night Buses"],
  ["Pure Gas", "Pure Gases"],
  ["Old Waltz", "Old Waltzes"],
  // an "e" of their own
  ["Open House", "Open Houses"],
  ["Home Nurse", "Home Nurses"],
  ["Top Prize", "Top Prizes"],
  ["Big Cache", "Big Caches"],
  ["Sharp Axe", "Sharp Axes"],
  ["Red Shoe", "Red Shoes"],
  // "ies" is not always of "y"
  ["Harbour Supply", "Harbour Supplies"],
  ["Silk Tie", "Silk Ties"],
];
