// Drives a server over gRPC with @grpc/grpc-js and prints what came back as one line of JSON.
// Arguments: host:port, the folder of the .proto files. The token comes by the environment: SUB30_TOKEN.
'use strict';
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [target, protos] = process.argv.slice(2);
const packed = { 'grpc.default_compression_algorithm': 2 }; // gzip

const definition = loader.loadSync('sub30/v1/ticks.proto', {
  includeDirs: [protos],
  keepCase: true,
  longs: Number,
});
const { TradingGateway } = grpc.loadPackageDefinition(definition).sub30.v1;

// Asked and answered as bytes: an empty message, and 8, 1 for SERVING.
const Health = grpc.makeGenericClientConstructor(
  {
    Check: {
      path: '/grpc.health.v1.Health/Check',
      requestStream: false,
      responseStream: false,
      requestSerialize: (bytes) => bytes,
      responseDeserialize: (bytes) => [...bytes],
    },
  },
  'Health',
);

const metadata = new grpc.Metadata();
metadata.set('authorization', `Bearer ${process.env.SUB30_TOKEN}`);

const t0 = 1767614400000; // 2026-01-05T12:00:00Z
const batch = (terminal, sequence) => ({
  terminal,
  sequence,
  ticks: [0, 1, 2, 3, 4].map((i) => ({
    symbol: 'EURUSD',
    time_msc: t0 + (5 * sequence + i) * 100,
    bid: 1.1,
    ask: 1.1001,
    flags: 6,
  })),
});

const call = (client, method, request, credentials, seconds) =>
  new Promise((resolve) => {
    const options = { deadline: Date.now() + 1000 * seconds };
    client[method](request, credentials, options, (error, reply) =>
      resolve(error ? { code: error.code, details: error.details } : { code: grpc.status.OK, reply }),
    );
  });

// Refusals that ask for patience are obeyed: a busy machine may need some.
const submit = async (client, request) => {
  let answer = await call(client, 'SubmitTicks', request, metadata, 5);
  for (let i = 0; i < 8 && [grpc.status.UNAVAILABLE, grpc.status.DEADLINE_EXCEEDED].includes(answer.code); i++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    answer = await call(client, 'SubmitTicks', request, metadata, 5);
  }
  return answer;
};

// Told a second or two after the server said that it is ready.
const health = async (client) => {
  let answer;
  for (let i = 0; i < 40; i++) {
    answer = await call(client, 'Check', Buffer.alloc(0), new grpc.Metadata(), 5);
    if (answer.reply && answer.reply[1] === 1) {
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return answer;
};

const main = async () => {
  const plain = new TradingGateway(target, grpc.credentials.createInsecure());
  const zipped = new TradingGateway(target, grpc.credentials.createInsecure(), packed);
  const found = { submitted: [], zipped: [] };
  for (let sequence = 1; sequence <= 20; sequence++) {
    found.submitted.push(await submit(plain, batch('node', sequence)));
    found.zipped.push(await submit(zipped, batch('node-zipped', sequence)));
  }
  found.again = await submit(plain, batch('node', 1));
  found.signals = await call(plain, 'ListSignals', { limit: 5 }, metadata, 5);
  found.stranger = await call(plain, 'SubmitTicks', batch('node', 99), new grpc.Metadata(), 5);
  found.nothing = await call(plain, 'GetPrediction', { symbol: 'NOSUCH' }, metadata, 5);
  const checked = new Health(target, grpc.credentials.createInsecure());
  found.health = await health(checked);
  checked.close();
  plain.close();
  zipped.close();
  console.log(JSON.stringify(found));
};

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
