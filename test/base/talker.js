// The program of a child process that does what it is told.
process.on('disconnect', () => process.exit());
process.on('message', ({ type, value }) => {
  switch (type) {
    case 'echo':
      process.send({ value });
      break;
    case 'count and exit':
      for (let number = 1; number < value; number++) process.send(number);
      process.send(value, () => process.exit(7));
  }
});
