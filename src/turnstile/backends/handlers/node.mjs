// Runs a Lambda handler in Node.js: loaded once, asked over descriptor 3 in frames of two lengths, a header and bytes.
//
// Payloads of errors have Node.js's shape: errorType, errorMessage, trace. Facts: Lambda Developer Guide, "Define Lambda
// function handler in Node.js", "AWS Lambda context object in Node.js"; texts of the runtime's own errors are inferred.

import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";

const LARGEST_RESPONSE = 6291556;
const [root, module, name] = process.argv.slice(2);
const link = new net.Socket({ fd: 3, readable: true, writable: true });
let waiting = null;

process.argv.splice(1);

function send(header, body = Buffer.alloc(0)) {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(body.length, 4);
  return new Promise((done) => link.write(Buffer.concat([lengths, text, body]), done));
}

function shown(text) {
  return text.split(pathToFileURL(root).href).join("file:///var/task").split(root).join("/var/task");
}

function trace(error) {
  const lines = shown(String(error.stack ?? error)).split("\n");
  const own = lines.findIndex((line) => line.includes("node.mjs"));
  return own < 0 ? lines : lines.slice(0, own);
}

function failure(error) {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: trace(error) };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

class RuntimeError extends Error {
  constructor(kind, text, code) {
    super(text);
    this.name = kind;
    this.code = code;
  }
}

async function load() {
  const stem = path.join(root, module);
  const file = ["", ".js", ".mjs", ".cjs"].map((suffix) => stem + suffix).find((each) => fs.statSync(each, { throwIfNoEntry: false })?.isFile());
  if (!file) {
    throw new RuntimeError("Runtime.ImportModuleError", `Error: Cannot find module '${module}'`, "handler-import");
  }
  let loaded;
  try {
    loaded = isModule(file) ? await import(pathToFileURL(file).href) : createRequire(file)(file);
  } catch (error) {
    throw misloaded(error, file);
  }
  const found = name.split(".").reduce((value, part) => value?.[part], loaded.default?.[name] ? loaded.default : loaded);
  if (found === undefined) {
    throw new RuntimeError("Runtime.HandlerNotFound", `${module}.${name} is undefined or not exported`, "handler-not-found");
  }
  if (typeof found !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${module}.${name} is not a function`, "handler-not-callable");
  }
  return found;
}

function isModule(file) {
  if (!file.endsWith(".js")) {
    return file.endsWith(".mjs");
  }
  for (let folder = path.dirname(file); folder.startsWith(root); folder = path.dirname(folder)) {
    try {
      return JSON.parse(fs.readFileSync(path.join(folder, "package.json"))).type === "module";
    } catch {
      continue;
    }
  }
  return false;
}

function misloaded(error, file) {
  const [, place, line] = /^(?:file:\/\/)?(\/[^\n]*?):(\d+)\n/.exec(String(error?.stack)) ?? [];
  const frame = String(error?.stack).split("\n").map((each) => /\(?(?:file:\/\/)?(\/[^():]*):(\d+):(\d+)\)?$/.exec(each)).find((each) => each?.[1].startsWith(root));
  const at = { file: place ?? frame?.[1] ?? file, line: Number(line ?? frame?.[2] ?? 0), column: Number(frame?.[3] ?? 1) };
  if (error instanceof SyntaxError) {
    return Object.assign(new RuntimeError("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`, "handler-syntax"), at, { detail: error.message });
  }
  if (error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND") {
    const text = String(error.message).split("\n")[0];
    return Object.assign(new RuntimeError("Runtime.ImportModuleError", `Error: ${shown(text)}`, "handler-import"), at, { detail: shown(text) });
  }
  return Object.assign(error instanceof Error ? error : new Error(String(error)), { at, calls: calls(error) });
}

function calls(error) {
  const text = `${error?.name} ${error?.code} ${error?.cause?.code}`;
  return error?.$metadata !== undefined || /ECONNREFUSED|CredentialsProviderError|TimeoutError/.test(text);
}

function told(error) {
  const at = error.at ?? error;
  const detail = error.detail ?? (error instanceof RuntimeError ? error.message : `${error.name}: ${error.message}`);
  const line = at.line ?? 0;
  return { code: error.code?.startsWith?.("handler-") ? error.code : "handler-import", detail, file: at.file ?? "", line, column: line ? (at.column ?? 1) : 0 };
}

function context(request, settle) {
  const deadline = performance.now() + request.seconds * 1000;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: request.arn,
    awsRequestId: request.request_id,
    clientContext: request.client_context ?? undefined,
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
    done: (error, result) => settle(error, result, false),
    succeed: (result) => settle(null, result, false),
    fail: (error) => settle(error ?? new Error("null"), undefined, false),
  };
}

function reply(error, result) {
  if (error !== null && error !== undefined) {
    const shape = failure(error);
    console.error(JSON.stringify(shape));
    return send({ outcome: "error" }, Buffer.from(JSON.stringify(shape)));
  }
  let text;
  try {
    text = Buffer.from(JSON.stringify(result) ?? "null");
  } catch (problem) {
    return send({ outcome: "error" }, Buffer.from(JSON.stringify({ errorType: "Runtime.MarshalError", errorMessage: `Unable to stringify response body: ${problem.message}`, trace: [] })));
  }
  if (text.length > LARGEST_RESPONSE) {
    const words = `Response payload size (${text.length} bytes) exceeded maximum allowed payload size (${LARGEST_RESPONSE} bytes).`;
    return send({ outcome: "error" }, Buffer.from(JSON.stringify({ errorType: "Function.ResponseSizeTooLarge", errorMessage: words })));
  }
  return send({ outcome: "ok" }, text);
}

function invoke(handler, request, body) {
  fs.writeSync(1, `START RequestId: ${request.request_id} Version: ${request.version}\n`);
  let event;
  try {
    event = JSON.parse(body);
  } catch (error) {
    void send({ outcome: "request" }, Buffer.from(error.message));
    return;
  }
  let settled = false;
  const finish = (error, result) => {
    waiting = null;
    link.ref();
    void reply(error, result);
  };
  const settle = (error, result, waits) => {
    if (settled) {
      return;
    }
    settled = true;
    if (waits && facts.callbackWaitsForEmptyEventLoop && !error) {
      waiting = () => finish(error, result);
      link.unref();
    } else {
      finish(error, result);
    }
  };
  const facts = context(request, settle);
  waiting = () => {
    settled = true;
    finish(null, null);
  };
  link.unref();
  try {
    const given = handler(event, facts, (error, result) => settle(error, result, true));
    if (typeof given?.then === "function") {
      given.then((result) => settle(null, result, false), (error) => settle(error ?? new Error("null"), undefined, false));
    }
  } catch (error) {
    settle(error, undefined, false);
  }
}

process.on("beforeExit", () => waiting?.());
process.on("uncaughtException", (error) => crash("Runtime.UncaughtException", error));
process.on("unhandledRejection", (error) => crash("Runtime.UnhandledPromiseRejection", error));

async function crash(kind, error) {
  const shape = { ...failure(error), errorType: kind };
  shape.errorMessage = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  console.error(JSON.stringify(shape));
  await send({ outcome: "error", ends: true }, Buffer.from(JSON.stringify(shape)));
  process.exit(128);
}

let received = Buffer.alloc(0);

function serve(handler) {
  link.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < 8) {
      return;
    }
    const [header, body] = [received.readUInt32BE(0), received.readUInt32BE(4)];
    if (received.length < 8 + header + body) {
      return;
    }
    const request = JSON.parse(received.subarray(8, 8 + header));
    const text = received.subarray(8 + header, 8 + header + body).toString();
    received = Buffer.alloc(0);
    invoke(handler, request, text);
  });
  link.on("end", () => process.exit(0));
  link.on("error", () => process.exit(1));
}

try {
  const handler = await load();
  serve(handler);
  await send({ pid: process.pid, error: null, fault: null, alone: true, libraries: [] });
} catch (error) {
  const called = error?.calls === true;
  const shape = { ...failure(error), errorMessage: shown(String(error?.message ?? error)) };
  const fault = called ? null : told(error);
  await send({ pid: process.pid, error: shape, called, fault, alone: true, libraries: [] });
}
