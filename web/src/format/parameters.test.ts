import { expect, it } from "vitest";
import { parameter, parameters } from "./parameters";

it("shows values of parameters as they were asked for", () => {
  expect(parameter(0.1 + 0.2)).toBe("0.3");
  expect(parameter(-1.5)).toBe("−1.5");
  expect(parameter(10000)).toBe("10000");
  expect(parameter(undefined)).toBe("–");
  expect(parameters({ fast: 5, stop: 0.05 })).toBe("fast = 5, stop = 0.05");
});
