// The program of a proxy process that answers with what is no port.
process.on('disconnect', () => process.exit());
process.on('message', () => process.send({ value: 'seven' }));
