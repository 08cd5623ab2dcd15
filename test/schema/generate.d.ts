export const PUBLISHED: string;
export function generateSchema(): string;
