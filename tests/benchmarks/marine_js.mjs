// Times calls and loads in Marine-JS: reads commands from stdin, one JSON object a line, and answers
// each with one line. Its only argument is the directory of the installed package.
//
//   {"command": "version"}                                  -> {"version"}
//   {"command": "call", "modules": [[name, path], …], "function", "arguments", "entry"}
//                                                           -> {"operation", "result"}
//   {"command": "load", "modules": [[name, path], …]}       -> {"operation", "seconds"}: of the first
//   {"command": "measure", "operation", "seconds"}          -> {"seconds"}: the median of one
//   {"command": "forget", "operation"}                      -> {}
//
// What fails is answered with {"error"}.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const BATCH = 0.001; // seconds, as in measuring.py

const distribution = `${process.argv[2]}/dist`;
const { MarineService } = await import(pathToFileURL(`${distribution}/MarineService.js`));
const { defaultCallParameters } = await import(pathToFileURL(`${distribution}/types.js`));
const control = new WebAssembly.Module(readFileSync(`${distribution}/marine-js.wasm`));

const operations = new Map();
let latest = 0;

function remember(operation) {
  operations.set(++latest, operation);
  return latest;
}

async function create(modules) {
  const binaries = {};
  const configs = [];
  for (const [name, path] of modules) {
    binaries[name] = new Uint8Array(readFileSync(path));
    const wasi = { envs: {}, preopened_files: new Set(), mapped_dirs: new Map() };
    configs.push({ import_name: name, config: { logger_enabled: true, logging_mask: 0, wasi } });
  }
  const config = { modules_config: configs };
  const service = new MarineService(control, "benchmark", () => {}, config, binaries);
  await service.init();
  return service;
}

// The call as a function without parameters. `call` takes values and gives values; inside it, the
// arguments become JSON text and the result is parsed from it. `text` is that part between.
function entryOf(service, modules, name, text, entry) {
  if (entry === "text") {
    const facade = modules[modules.length - 1][0];
    const instance = service._controlModuleInstance;
    return () => instance.call_module(facade, name, text, defaultCallParameters);
  }
  const values = JSON.parse(text);
  return () => service.call(name, values, defaultCallParameters);
}

function secondsSince(start) {
  return (performance.now() - start) / 1000;
}

const commands = {
  version: () => ({ version: process.versions.node }),

  async call({ modules, function: name, arguments: text, entry }) {
    const service = await create(modules);
    const call = entryOf(service, modules, name, text, entry);
    const result = entry === "text" ? JSON.parse(call()) : call();
    const operation = (count) => {
      const start = performance.now();
      for (let i = 0; i < count; i++) {
        call();
      }
      return secondsSince(start);
    };
    return { operation: remember(operation), result };
  },

  async load({ modules }) {
    const operation = async (count) => {
      const start = performance.now();
      for (let i = 0; i < count; i++) {
        await create(modules);
      }
      return secondsSince(start);
    };
    return { operation: remember(operation), seconds: await operation(1) };
  },

  async measure({ operation: number, seconds }) {
    const operation = operations.get(number);
    const end = performance.now() + seconds * 1000;
    let count = 1;
    let taken = await operation(count);
    while (taken < BATCH) {
      count *= 2;
      taken = await operation(count);
    }
    const times = [taken / count];
    while (performance.now() < end) {
      times.push((await operation(count)) / count);
    }
    times.sort((a, b) => a - b);
    const middle = times.length >> 1;
    const median = times.length % 2 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
    return { seconds: median };
  },

  forget({ operation }) {
    operations.delete(operation);
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let reply;
  try {
    reply = await commands[request.command](request);
  } catch (error) {
    reply = { error: String(error?.message ?? error).split("\n")[0] };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
