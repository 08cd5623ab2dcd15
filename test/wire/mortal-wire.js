// The program of a wire process that dies when it is spoken to.
process.on('message', () => process.exit(1));
