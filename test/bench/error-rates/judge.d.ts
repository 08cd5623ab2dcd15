export declare function judge(rounds: readonly (readonly [subject: number, reference: number])[]): {
  readonly claim: 'faster' | 'slower' | 'inconclusive';
  readonly check: 'passed' | 'failed' | 'inconclusive';
};
