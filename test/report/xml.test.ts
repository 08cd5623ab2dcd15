import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderXml } from '#els/report/xml.js';
import { parseXml } from '../support/xml.js';

/** Text without what `renderXml` leaves to its callers. */
const text = fc.string({ unit: fc.constantFrom(...'&<>"\'];#xa é😀') });

it('says again what it was told, whatever marks the text holds', () => {
  fc.assert(
    fc.property(text, text, (attribute, content) => {
      const child = { name: 'child', attributes: { of: attribute, at: 7 }, content };
      const root = parseXml(renderXml({ name: 'root', attributes: {}, content: [child] }));
      expect(root.children).toEqual([
        { name: 'child', attributes: { of: attribute, at: '7' }, children: [], text: content },
      ]);
    }),
  );
});

it('puts each element on a line of its own', () => {
  const empty = { name: 'b', attributes: { c: 1 }, content: [] };
  expect(renderXml({ name: 'a', attributes: {}, content: [empty, { ...empty, content: 'x\ny' }] })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<a>\n  <b c="1"/>\n  <b c="1">x\ny</b>\n</a>\n',
  );
});
