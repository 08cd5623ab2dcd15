import { runnableBinaries } from '#els/database/embedded/binaries.js';
import { layoutOf } from '#els/database/embedded/home.js';

// Prints which folder with binaries would be used, given the installed one and the folder of the server.
const [root, folder] = process.argv.slice(2);
console.log(await runnableBinaries({ root, version: 'test', major: '18' }, layoutOf(folder)));
