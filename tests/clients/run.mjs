// `node run.mjs MODULE TASK`: runs a client's module on the task (JSON), and prints what it saw as JSON.
const [module, task] = process.argv.slice(2);
const { default: run } = await import(`./${module}.mjs`);
process.stdout.write(JSON.stringify(await run(JSON.parse(task))), () => process.exit(0));
