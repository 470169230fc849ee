"use client";
export function Welcome() {
  return <h1 className="text-2xl font-semibold">量湖 LiangHu</h1>;
}
