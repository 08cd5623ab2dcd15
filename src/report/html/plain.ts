import { Chalk } from 'chalk';
import type { Style } from '../style.js';

/** Lines of the text report for a page: no colours, and the browser wraps them. */
export const PLAIN: Style = { colours: new Chalk({ level: 0 }), width: Infinity };
