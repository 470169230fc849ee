import { AuthApiError, AuthRetryableFetchError, AuthWeakPasswordError } from "@supabase/auth-js";
import { describe, expect, it } from "vitest";
import { linkRefusal, refusal } from "./refusals";

describe("what the sign-in service refuses", () => {
  it("is told in the page's language", () => {
    const wrong = new AuthApiError("Invalid login credentials", 400, "invalid_credentials");
    expect(refusal(wrong, "zh")).toBe("邮箱或密码不对。");
    expect(refusal(wrong, "en")).toBe("The email or the password is wrong.");
  });

  it("names every reason why a password is weak", () => {
    const weak = new AuthWeakPasswordError("Password is weak", 422, ["length", "pwned"]);
    expect(refusal(weak, "zh")).toBe("密码太弱：太短，请用更长的密码；出现在已泄露的密码库里，请换一个。");
    expect(refusal(new AuthApiError("Password should be …", 422, "weak_password"), "zh")).toContain("至少 8 个字符");
  });

  it("tells a missing connection from a refusal", () => {
    expect(refusal(new AuthRetryableFetchError("fetch failed", 0), "zh")).toContain("连不上");
    expect(refusal(new TypeError("Failed to fetch"), "en")).toContain("cannot be reached");
  });

  it("keeps the words of what it does not know", () => {
    expect(refusal(new AuthApiError("the moon is full", 400, "moon"), "zh")).toContain("the moon is full");
  });

  it("explains a link that does not work", () => {
    expect(linkRefusal("#error=access_denied&error_code=otp_expired&error_description=x", "zh")).toContain("过期");
    expect(linkRefusal("#access_token=1", "zh")).toBe("");
  });
});
