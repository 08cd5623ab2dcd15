export { killOwnChildren } from '../database/own-children.js';
