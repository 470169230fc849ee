/** The day that an instant of the API belongs to: sessions of Shanghai lie within one day of UTC. */

/** 2020-01-02 of a day or an instant. */
export const dayOf = (at: string): string => at.slice(0, 10);
