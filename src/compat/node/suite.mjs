// google-gax and the libraries of the services for Node, unmodified, against the built server. src/compat/suite.py starts it.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';
import {deepStrictEqual as equal} from 'node:assert';

// run installs the libraries below target/, not beside this file.
const load = createRequire(new URL('../../../target/compat/node/', import.meta.url));
const gax = load('google-gax');
const file = path => new URL(`../../../target/compat/node/node_modules/${path}`, import.meta.url).pathname;
const read = path => JSON.parse(readFileSync(file(path)));

const SECONDS = 60;
const PAGE = 2;
const [NOT_FOUND, INVALID_ARGUMENT, UNIMPLEMENTED, UNAVAILABLE] = [5, 3, 12, 14];
const RESOURCE_EXHAUSTED = 8;
const METHODS = {
  get: 'GetOperation',
  list: 'ListOperations',
  wait: 'WaitOperation',
  future: 'GetOperation',
  cancel: 'CancelOperation',
  delete: 'DeleteOperation',
  errors: 'GetOperation',
};

const LIBRARIES = {
  'cloud-functions-v1': ['@google-cloud/functions', library => library.v1.CloudFunctionsServiceClient, 'checkCreateFunctionProgress'],
  'contact-center-insights-v1': [
    '@google-cloud/contact-center-insights', library => library.v1.ContactCenterInsightsClient, 'checkBulkAnalyzeConversationsProgress',
  ],
  'storage-transfer-v1': ['@google-cloud/storage-transfer', library => library.v1.StorageTransferServiceClient, 'checkRunTransferJobProgress'],
  'discovery-engine-v1': ['@google-cloud/discoveryengine', library => library.v1.DocumentServiceClient, 'checkImportDocumentsProgress'],
};

async function post(path, body, query = {}) {
  const url = `${process.env.COMPAT_CONTROL}${path}?${new URLSearchParams(query)}`;
  const answer = await fetch(url, {method: 'POST', body: JSON.stringify(body ?? null)});
  if (!answer.ok) {
    throw new Error(await answer.text());
  }
  return answer.json();
}

// The options of each client: without TLS and without credentials.
function connection(target, transport) {
  const [servicePath, port] = target.split(':');
  // Left alone, the transport throws errors of its own for what HTTP calls an error, and their details are never read.
  const authClient = new gax.googleAuthLibrary.PassThroughClient({transporterOptions: {validateStatus: () => true}});
  const options = {servicePath, apiEndpoint: servicePath, port: Number(port), authClient};
  return transport === 'gRPC'
    ? {...options, sslCreds: gax.grpc.credentials.createInsecure()}
    : {...options, fallback: true, protocol: 'http'};
}

// The message types that a program has with the library of a service, or of its own.
function types(profile) {
  if (profile in LIBRARIES) {
    return gax.protobuf.Root.fromJSON(read(`${LIBRARIES[profile][0]}/build/protos/protos.json`)).resolveAll();
  }
  const root = new gax.protobuf.Root();
  root.resolvePath = (origin, path) => file(`google-gax/build/protos/${path}`);
  root.loadSync(['google/longrunning/operations.proto', 'google/rpc/error_details.proto']);
  return root.resolveAll();
}

async function fails(code, call) {
  try {
    await call();
  } catch (failure) {
    equal(failure.code, code, `${failure}`);
    return failure;
  }
  throw new Error(`nothing failed, wanted ${code}`);
}

// google-gax: the client of operations that all libraries have inside.
function generic(profile, root, target, transport) {
  const options = connection(target, transport);
  const auth = new gax.GoogleAuth({authClient: options.authClient});
  const name = {default: 'projects/**', 'storage-transfer-v1': 'transferOperations/**', 'cloud-functions-v1': 'operations/*'}[profile] ?? 'projects/**';
  const list = {'storage-transfer-v1': '/v1/{name=transferOperations}', 'cloud-functions-v1': '/v1/operations'}[profile];
  const rules = {
    GetOperation: {get: `/v1/{name=${name}}`},
    ListOperations: {get: list ?? '/v1/{name=projects/**}/operations'},
    CancelOperation: {post: `/v1/{name=${name}}:cancel`, ...(profile === 'contact-center-insights-v1' ? {} : {body: '*'})},
    DeleteOperation: {delete: `/v1/{name=${name}}`},
  };
  const httpRules = Object.entries(rules).map(([method, rule]) => ({selector: `google.longrunning.Operations.${method}`, ...rule}));
  const client = transport === 'gRPC'
    ? gax.lro({auth, grpc: gax.grpc}).operationsClient(options)
    : gax.fallback.lro({auth, protoJson: root, httpRules}).operationsClient(options);
  return {
    client,
    follow: async (name, metadata, response) => {
      const [operation] = await client.getOperation({name});
      const [decodeResponse, decodeMetadata] = [response, metadata].map(type => type.decode.bind(type));
      return gax.operation(
        operation, new gax.LongrunningDescriptor(client, decodeResponse, decodeMetadata), gax.createDefaultBackoffSettings());
    },
  };
}

// The client of a service's library, and the handle that it makes of an operation's name.
function own(profile, root, target, transport) {
  const [library, kind, check] = LIBRARIES[profile];
  const client = new (kind(load(library)))(connection(target, transport));
  return {client, follow: name => client[check](name)};
}

const things = {
  async get({client, plan, unpacked}) {
    const [running] = await client.getOperation({name: plan.get});
    equal([running.name, running.done], [plan.get, false]);
    equal(unpacked(running.metadata), plan.metadata.get);
    await post('/end', null, {profile: plan.profile, name: plan.get});
    const [done] = await client.getOperation({name: plan.get});
    equal(done.done, true);
    equal(unpacked(done.response), plan.response);
  },

  async list(tried) {
    equal(await listed(tried, PAGE), tried.plan.names);
  },

  async future({plan, follow, root, transport}) {
    const type = message => root.lookupType(message['@type'].split('/')[1]);
    const [metadata, response] = [plan.metadata.future, plan.response];
    const running = await follow(plan.future, type(metadata), type(response));
    await post('/end', null, {profile: plan.profile, name: plan.future, soon: 1});
    const [result, told] = await running.promise();
    equal({'@type': response['@type'], ...type(response).toObject(result, JSON_FORM)}, response);
    equal({'@type': metadata['@type'], ...type(metadata).toObject(told, JSON_FORM)}, metadata);

    const failing = await follow(plan.failing, type(metadata), type(response));
    await post('/end', null, {profile: plan.profile, name: plan.failing, soon: 1, how: 'error'});
    try {
      await failing.promise();
      throw new Error('an operation that failed has a result');
    } catch (failure) {
      if (transport === 'HTTP/JSON' && failure.message.includes('cannot find type google.rpc.ErrorInfo')) {
        return 'client has no error types';
      }
      equal([failure.code, failure.message], [RESOURCE_EXHAUSTED, 'Quota exceeded.']);
    }
  },

  async cancel({client, plan}) {
    await client.cancelOperation({name: plan.cancel});
    equal((await client.getOperation({name: plan.cancel}))[0].done, false);
    await post('/heard', null, {profile: plan.profile, name: plan.cancel});
    equal((await client.getOperation({name: plan.cancel}))[0].error.code, 1);
  },

  async delete({client, plan}) {
    await client.deleteOperation({name: plan.delete});
    equal((await fails(NOT_FOUND, () => client.getOperation({name: plan.delete}))).reason, 'OPERATION_DELETED');
  },

  async errors(tried) {
    const {client, plan, transport, make} = tried;
    const absent = await fails(NOT_FOUND, () => client.getOperation({name: plan.absent}));
    equal([absent.reason, absent.domain], ['OPERATION_NOT_FOUND', 'longrunning.dev']);
    const bad = await fails(INVALID_ARGUMENT, () => listed(tried, -1));
    const fields = bad.statusDetails.flatMap(detail => detail.fieldViolations ?? []).map(violation => violation.field);
    equal(fields, [transport === 'gRPC' ? 'page_size' : 'pageSize']);
    if (plan.unavailable) {
      const other = make(plan.unavailable).client;
      const once = {retry: gax.createRetryOptions([], gax.createDefaultBackoffSettings()), timeout: SECONDS * 1000};
      const away = await fails(UNAVAILABLE, () => other.getOperation({name: plan.absent}, once));
      equal(away.reason, 'DATABASE_UNAVAILABLE');
      equal(away.statusDetails.flatMap(detail => detail.retryDelay ? [Number(detail.retryDelay.seconds)] : []), [1]);
    }
  },
};

const JSON_FORM = {longs: String, enums: String};

async function listed({client, plan}, pageSize) {
  const names = [];
  for await (const operation of client.listOperationsAsync({name: plan.parent, filter: plan.filter, pageSize})) {
    names.push(operation.name);
  }
  return names;
}

async function refused(what, {client, plan}) {
  try {
    await client[`${what}Operation`]({name: plan.get});
  } catch (failure) {
    if (failure.code === UNIMPLEMENTED || !failure.reason?.startsWith('OPERATION_') && [404, 405, 501, NOT_FOUND].includes(failure.code)) {
      return;
    }
    // The library of a service has no path for what the service has not.
    if (failure.message.startsWith('Cannot build HTTP request')) {
      return;
    }
    throw failure;
  }
  throw new Error(`${what} is not refused`);
}

async function tryAll(library, transport, profile, build) {
  const plan = {...await post('/begin', null, {profile}), profile};
  const root = types(profile);
  const make = target => build(profile, root, target, transport);
  const unpacked = ({type_url, value}) => {
    const type = root.lookupType(type_url.split('/')[1]);
    return {'@type': type_url, ...type.toObject(type.decode(value), JSON_FORM)};
  };
  const tried = {...make(plan.target), plan, root, unpacked, transport, make};
  const {version} = read(`${library}/package.json`);
  for (const [what, method] of Object.entries(METHODS)) {
    const row = {language: 'node', library, version, transport, profile, what, result: 'ok'};
    const has = !['wait', 'cancel', 'delete'].includes(what) || typeof tried.client[`${what}Operation`] === 'function';
    try {
      if (!plan.methods.includes(method)) {
        if (has) {
          await refused(what, tried);
        }
        Object.assign(row, {result: 'none', why: 'service has none'});
      } else if (!has) {
        Object.assign(row, {result: 'none', why: 'client has none'});
      } else {
        const note = await things[what](tried);
        Object.assign(row, note ? {why: note} : {});
      }
    } catch (fault) {
      if (process.env.COMPAT_TRACE) {
        console.error(fault);
      }
      Object.assign(row, {result: 'failed', why: `${fault}`});
    }
    await post('/row', row);
  }
}

for (const profile of ['default', ...Object.keys(LIBRARIES)]) {
  for (const transport of ['gRPC', 'HTTP/JSON']) {
    await tryAll('google-gax', transport, profile, generic);
    if (profile in LIBRARIES) {
      await tryAll(LIBRARIES[profile][0], transport, profile, own);
    }
  }
}
process.exit();
