// The program of a wire process that answers with what is no number.
process.on('disconnect', () => process.exit());
process.on('message', () => process.send({ value: 'seven' }));
