export const PUBLISHED: string;
export const PUBLISHED_TARGET: string;
export function generateSchema(): string;
